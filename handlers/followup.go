package handlers

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// The buttons about the follow-up of a year, which is their subject. The dialog that one opens has its id.
const (
	followupWriteButton = "followup_write"
	followupMakeButton  = "followup_make"
)

// These begin the kinds of delivery about a follow-up; its year follows, and of a file the format.
const (
	followupDelivery     = "followup:"
	followupFileDelivery = "followup_file:"
)

// followupKey is what the follow-up goes by among the documents that are asked for yearly. No governing document's key looks like it.
const followupKey = "_followup"

const (
	fieldChanges         = "changes"
	fieldGoals           = "goals"
	fieldRecommendations = "recommendations"

	// maxFollowup is the length of each text, in characters: what a dialog's field takes on every platform
	// (https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element).
	maxFollowup = 3000
)

// askForFollowup asks the CISO to compile the follow-up of the year before, once a year, however long nothing ran.
func (a *App) askForFollowup(ctx context.Context) error {
	if a.Settings.FollowupMonth == 0 {
		return nil
	}
	yearly := policy.Document{Key: followupKey, Month: a.Settings.FollowupMonth}
	known, err := a.Store.KnownDocuments(ctx)
	if err != nil {
		return err
	}
	since, ok := known[followupKey]
	if !ok {
		since = a.Store.Now()
		if err := a.Store.InTx(ctx, func(tx *store.Tx) error { return tx.KnowDocument(ctx, followupKey) }); err != nil {
			return err
		}
	}
	asked, err := a.Store.AskedFollowup(ctx)
	if err != nil {
		return err
	}
	due := yearly.DueRevisions(since, asked+1, a.Store.Now(), a.Settings.Location, a.Settings.Holidays)
	if len(due) == 0 {
		return nil
	}
	year := due[len(due)-1] - 1
	err = a.Store.InTx(ctx, func(tx *store.Tx) error {
		first, err := tx.PromptFollowup(ctx, year)
		if err != nil || !first {
			return err
		}
		onDuty, err := a.roster(ctx, tx, tx.Now)
		if err != nil {
			return err
		}
		deliveries := a.toHolders(onDuty.triage(), followupDelivery+strconv.Itoa(year), nil)
		if err := a.post(ctx, tx, deliveries); err != nil {
			return err
		}
		return a.audit(ctx, tx, "system", "followup.asked", strconv.Itoa(year), map[string]any{})
	})
	if err != nil {
		return fmt.Errorf("asking for the follow-up of %d: %w", year, err)
	}
	return nil
}

// followupArgument is the year that is given with the command, 0 for none, and whether it is the command about the follow-up.
func followupArgument(text string) (year int, ok bool) {
	word, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	switch strings.ToLower(word) {
	case "uppföljning", "followup":
	default:
		return 0, false
	}
	rest = strings.TrimSpace(rest)
	if rest == "" {
		return 0, true
	}
	year, err := strconv.Atoi(rest)
	return year, err == nil
}

// showFollowup shows what can be done about the follow-up of a year: of the one that is under way, or of the one that has just ended.
func (a *App) showFollowup(ctx context.Context, req bot.Request, year int) (bot.Reply, error) {
	now := a.Store.Now().In(a.Settings.Location)
	if year == 0 {
		year = now.Year()
		if now.Month() < 7 {
			year--
		}
	}
	req.Subject = strconv.Itoa(year)
	year, lang, denied, err := a.followupFor(ctx, req, policy.GetFollowup)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	roles, err := a.rolesOf(ctx, req.Actor)
	if err != nil {
		return bot.Reply{}, err
	}
	m, err := a.followupLetter(ctx, lang, year, roles)
	return bot.Reply{Message: &m}, err
}

// followupLetter draws what can be done about the follow-up of a year, and what its figures suggest.
func (a *App) followupLetter(ctx context.Context, lang string, year int, roles []policy.Role) (bot.Message, error) {
	t := func(key string, data ...locale.Data) string { return a.Texts.T(lang, key, data...) }
	written, err := a.Store.Followup(ctx, year)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return bot.Message{}, err
	}
	heading := t("followup.ask.heading", locale.Data{"Year": year})
	m := bot.Message{Summary: heading, Blocks: []bot.Block{bot.Heading(heading), bot.Paragraph(t("followup.ask"))}}
	proposals, err := a.Proposals(ctx, year, lang)
	if err != nil {
		return bot.Message{}, err
	}
	if len(proposals) > 0 {
		m.Blocks = append(m.Blocks, bot.Paragraph(t("followup.ask.proposals")), bot.List(proposals))
	}
	if written.SavedAt != nil {
		m.Blocks = append(m.Blocks, bot.Small(t("followup.ask.written", locale.Data{"Time": locale.Time(*written.SavedAt, a.Settings.Location)})))
	}
	var buttons bot.Buttons
	if policy.MayFollowUp(roles, policy.WriteFollowup) {
		buttons = append(buttons, bot.Button{
			ID: followupWriteButton, Subject: strconv.Itoa(year), Text: t("button.followup_write"), Style: bot.Primary,
		})
	}
	if policy.MayFollowUp(roles, policy.GetFollowup) {
		buttons = append(buttons, bot.Button{ID: followupMakeButton, Subject: strconv.Itoa(year), Text: t("button.followup_make")})
	}
	if len(buttons) > 0 {
		m.Blocks = append(m.Blocks, buttons)
	}
	return m, nil
}

// followupFor is the year whose follow-up a request is about, when the person may do what they ask for. Otherwise denied is the answer to
// give, and a refusal for lack of role is in the audit chain.
func (a *App) followupFor(ctx context.Context, req bot.Request, action policy.FollowupAction) (
	year int, lang string, denied *bot.Reply, err error,
) {
	lang = a.language(ctx, req.Actor)
	if year = a.yearOf(req.Subject); year == 0 {
		reply := a.private(lang, "stale_button")
		return 0, lang, &reply, nil
	}
	roles, err := a.rolesOf(ctx, req.Actor)
	if err == nil && !policy.MayFollowUp(roles, action) {
		denied, err = a.refuse(ctx, req, lang, req.Subject, string(action))
	}
	return year, lang, denied, err
}

// yearOf is the year that a request is about, 0 when it is none that has begun.
func (a *App) yearOf(subject string) int {
	year, err := strconv.Atoi(subject)
	if err != nil || year < 2000 || year > a.Store.Now().In(a.Settings.Location).Year() {
		return 0
	}
	return year
}

// openFollowup opens the dialog where the CISO writes the follow-up's texts.
func (a *App) openFollowup(ctx context.Context, req bot.Request) (bot.Reply, error) {
	year, lang, denied, err := a.followupFor(ctx, req, policy.WriteFollowup)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	dialog, err := a.followupDialog(ctx, lang, year)
	return bot.Reply{Dialog: dialog}, err
}

// followupDialog holds what is written.
func (a *App) followupDialog(ctx context.Context, lang string, year int) (*bot.Dialog, error) {
	t := func(key string, data ...locale.Data) string { return a.Texts.T(lang, key, data...) }
	written, err := a.Store.Followup(ctx, year)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	field := func(id string) bot.Field {
		return bot.Field{
			ID: id, Kind: bot.LongText, Max: maxFollowup, Label: t("followup.write." + id), Help: t("followup.write." + id + ".help"),
		}
	}
	return &bot.Dialog{
		ID: followupWriteButton, Subject: strconv.Itoa(year), Title: t("followup.write.title", locale.Data{"Year": year}),
		Submit: t("button.save"), Cancel: t("button.cancel"),
		Fields: []bot.Field{field(fieldChanges), field(fieldGoals), field(fieldRecommendations)},
		Values: bot.Values{fieldChanges: {written.Changes}, fieldGoals: {written.Goals}, fieldRecommendations: {written.Recommendations}},
	}, nil
}

// writeFollowup keeps the follow-up's texts.
func (a *App) writeFollowup(ctx context.Context, req bot.Request) (bot.Reply, error) {
	year, lang, denied, err := a.followupFor(ctx, req, policy.WriteFollowup)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	dialog, err := a.followupDialog(ctx, lang, year)
	if err != nil {
		return bot.Reply{}, err
	}
	if found := dialog.Check(req.Values, 0, a.Store.Now()); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	text := func(field string) string {
		masked, _ := policy.MaskPersonalNumbers(strings.TrimSpace(req.Values.Get(field)))
		return masked
	}
	f := store.Followup{Year: year, Changes: text(fieldChanges), Goals: text(fieldGoals), Recommendations: text(fieldRecommendations)}
	err = a.once(ctx, req.Key, func(tx *store.Tx) error {
		author, err := a.ensureAccount(ctx, tx, req.Actor)
		if err != nil {
			return err
		}
		f.SavedBy = &author.ID
		if err := tx.SaveFollowup(ctx, &f); err != nil {
			return err
		}
		return a.audit(ctx, tx, actorName(req.Actor), "followup.written", strconv.Itoa(year), map[string]any{
			"changes_sha256": digest(f.Changes), "goals_sha256": digest(f.Goals), "recommendations_sha256": digest(f.Recommendations),
		})
	})
	if err != nil {
		return bot.Reply{}, fmt.Errorf("keeping the texts of a follow-up: %w", err)
	}
	roles, err := a.rolesOf(ctx, req.Actor)
	if err != nil {
		return bot.Reply{}, err
	}
	m, err := a.followupLetter(ctx, lang, year, roles)
	return bot.Reply{Message: &m}, err
}

// makeFollowup hands on the follow-up of a year as files in direct messages.
func (a *App) makeFollowup(ctx context.Context, req bot.Request) (bot.Reply, error) {
	year, lang, denied, err := a.followupFor(ctx, req, policy.GetFollowup)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	err = a.once(ctx, req.Key, func(tx *store.Tx) error {
		var deliveries []store.Delivery
		for _, format := range []string{"pdf", "docx"} {
			deliveries = append(deliveries, personal(req.Actor, fmt.Sprintf("%s%d:%s", followupFileDelivery, year, format), nil))
		}
		if err := a.post(ctx, tx, deliveries); err != nil {
			return err
		}
		return a.audit(ctx, tx, actorName(req.Actor), "followup.sent", strconv.Itoa(year), map[string]any{})
	})
	if err != nil {
		return bot.Reply{}, fmt.Errorf("handing on a follow-up: %w", err)
	}
	return a.private(lang, "followup.sent"), nil
}

// sendFollowup makes the follow-up from the register as it is now, in the organisation's language, and hands it on, unless its recipient no
// longer may have it.
func (a *App) sendFollowup(ctx context.Context, surface bot.Surface, to bot.Address, d store.Delivery) error {
	roles, err := a.rolesOf(ctx, bot.Actor{Surface: to.Surface, ID: to.User})
	if err != nil {
		return err
	}
	if !policy.MayFollowUp(roles, policy.GetFollowup) {
		return errPointless
	}
	digits, format, _ := strings.Cut(strings.TrimPrefix(d.Kind, followupFileDelivery), ":")
	year, err := strconv.Atoi(digits)
	if err != nil {
		return fmt.Errorf("reading the year of a follow-up: %w", err)
	}
	content, err := a.Followup(ctx, year, format, a.Settings.Language)
	if err != nil {
		return fmt.Errorf("making a follow-up: %w", err)
	}
	name := a.Texts.T(a.Settings.Language, "followup.title", locale.Data{"Year": year})
	return surface.SendFile(ctx, to, name+"."+format, "", content)
}
