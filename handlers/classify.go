package handlers

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// The buttons about a system of the inventory, whose key is their subject. The dialog that one opens has its id.
const (
	inventoryButton = "inventory"
	classifyButton  = "classify"
)

// classifyDelivery is the kind of the letter that asks a system's owner to classify it.
const classifyDelivery = "classify"

const (
	// shownSystems, shownCases and shownClassifications are how much a person reads at once.
	shownSystems         = 10
	shownCases           = 10
	shownClassifications = 5
	// askedAtOnce is how many owners are asked at a time, so that a new inventory does not ask everybody in one minute.
	askedAtOnce = 5
)

// inventoryArgument is what is searched for with the command, and whether it is the command to search the systems.
func inventoryArgument(text string) (words string, ok bool) {
	word, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	switch strings.ToLower(word) {
	case "systemlista", "systems":
		return strings.TrimSpace(rest), true
	}
	return "", false
}

// searchInventory shows the system that is searched for, or those to choose from.
func (a *App) searchInventory(ctx context.Context, req bot.Request, words string) (bot.Reply, error) {
	lang := a.language(ctx, req.Actor)
	found, err := a.Store.SearchSystems(ctx, words, shownSystems+1)
	if err != nil {
		return bot.Reply{}, fmt.Errorf("searching the systems inventory: %w", err)
	}
	if len(found) == 1 {
		req.Subject = found[0].Key
		return a.showSystem(ctx, req)
	}
	heading := a.Texts.T(lang, "inventory.heading")
	m := &bot.Message{Summary: heading, Blocks: []bot.Block{bot.Heading(heading)}}
	if len(found) == 0 {
		m.Blocks = append(m.Blocks, bot.Paragraph(a.Texts.T(lang, "inventory.none")))
	}
	for _, s := range found[:min(len(found), shownSystems)] {
		m.Blocks = append(m.Blocks, bot.Paragraph(s.Name),
			bot.Buttons{{ID: inventoryButton, Subject: s.Key, Text: a.Texts.T(lang, "button.inventory")}})
	}
	if len(found) > shownSystems {
		m.Blocks = append(m.Blocks, bot.Small(a.Texts.T(lang, "inventory.more")))
	}
	return bot.Reply{Message: m}, nil
}

// systemFor is the system that a request concerns, when the person may do what they ask for. Otherwise denied is the answer to give, and a
// refusal is in the audit chain.
func (a *App) systemFor(ctx context.Context, req bot.Request, action policy.SystemAction) (
	s store.System, lang string, denied *bot.Reply, err error,
) {
	lang = a.language(ctx, req.Actor)
	s, err = a.Store.SystemByKey(ctx, req.Subject)
	if errors.Is(err, store.ErrNotFound) {
		reply := a.private(lang, "stale_button")
		return s, lang, &reply, nil
	}
	if err != nil {
		return s, lang, nil, err
	}
	may, err := a.mayWith(ctx, req.Actor, s, action)
	if err == nil && !may {
		denied, err = a.refuse(ctx, req, lang, s.Key, string(action))
	}
	return s, lang, denied, err
}

// mayWith tells whether a person may do something with a system.
func (a *App) mayWith(ctx context.Context, who bot.Actor, s store.System, action policy.SystemAction) (bool, error) {
	email, err := a.emailOf(ctx, who)
	if err != nil {
		return false, err
	}
	owner := email != "" && strings.EqualFold(email, s.OwnerEmail)
	return policy.MayWithSystem(a.rolesOfKnown(who, email), owner, action), nil
}

// showSystem shows a system with how it is classified and the cases about it.
func (a *App) showSystem(ctx context.Context, req bot.Request) (bot.Reply, error) {
	s, lang, denied, err := a.systemFor(ctx, req, policy.SeeSystem)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	t := func(key string, data ...locale.Data) string { return a.Texts.T(lang, key, data...) }
	facts := bot.Facts{{Label: t("inventory.levels"), Value: a.levelsText(lang, s)}}
	for _, f := range []bot.Fact{
		{Label: t("inventory.owner"), Value: s.OwnerEmail}, {Label: t("inventory.unit"), Value: s.Unit},
		{Label: t("inventory.supplier"), Value: s.Supplier}, {Label: t("card.personal"), Value: a.systemDataText(lang, s)},
	} {
		if f.Value != "" {
			facts = append(facts, f)
		}
	}
	m := &bot.Message{Summary: s.Name, Blocks: []bot.Block{bot.Heading(s.Name), facts}}
	classified, err := a.Store.Classifications(ctx, s.ID, shownClassifications)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(classified) > 0 {
		m.Blocks = append(m.Blocks, bot.Heading(t("inventory.history")))
	}
	for _, c := range classified {
		by := t("inventory.imported")
		if c.AccountID != nil {
			by = a.accountName(ctx, c.AccountID)
		}
		m.Blocks = append(m.Blocks, bot.Small(t("inventory.classified", locale.Data{
			"Time": locale.Time(c.At, a.Settings.Location), "Name": by, "Levels": levelCode(c.Levels),
		})))
		if c.Reason != "" {
			m.Blocks = append(m.Blocks, bot.Quote(c.Reason))
		}
	}
	cases, err := a.casesOf(ctx, req.Actor, lang, s)
	if err != nil {
		return bot.Reply{}, err
	}
	m.Blocks = append(m.Blocks, cases...)
	may, err := a.mayWith(ctx, req.Actor, s, policy.ClassifySystem)
	if err == nil && may {
		m.Blocks = append(m.Blocks, bot.Buttons{{ID: classifyButton, Subject: s.Key, Text: t("button.classify"), Style: bot.Primary}})
	}
	return bot.Reply{Message: m}, err
}

// systemDataText is whether a system holds personal data, and of which kinds.
func (a *App) systemDataText(lang string, s store.System) string {
	text := a.Texts.T(lang, "answer."+string(s.PersonalData))
	kinds := make([]string, len(s.DataKinds))
	for i, kind := range s.DataKinds {
		kinds[i] = a.Texts.T(lang, "data."+kind)
	}
	if len(kinds) > 0 {
		text += ": " + strings.Join(kinds, ", ")
	}
	return text
}

// casesOf are the latest cases about a system that the person may see.
func (a *App) casesOf(ctx context.Context, who bot.Actor, lang string, s store.System) ([]bot.Block, error) {
	cases, err := a.Store.IncidentsOfSystem(ctx, s.ID, shownCases)
	if err != nil {
		return nil, err
	}
	var lines bot.List
	for _, c := range cases {
		roles, err := a.rolesOn(ctx, who, c)
		if err != nil {
			return nil, err
		}
		if policy.May(roles, policy.SeeCard, facts(c)) {
			lines = append(lines, fmt.Sprintf("%s · %s · %s", c.Number, a.Texts.T(lang, "status."+string(c.Status)),
				a.Texts.T(lang, "category."+string(c.Category))))
		}
	}
	if len(lines) == 0 {
		return []bot.Block{bot.Small(a.Texts.T(lang, "inventory.no_cases"))}, nil
	}
	return []bot.Block{bot.Heading(a.Texts.T(lang, "inventory.cases")), lines}, nil
}

// levelCode is class levels in short: "K3 R2 T1 S2".
func levelCode(l *policy.Levels) string {
	if l == nil {
		return ""
	}
	return fmt.Sprintf("K%d R%d T%d S%d", l.Confidentiality, l.Integrity, l.Availability, l.Traceability)
}

func (a *App) levelsText(lang string, s store.System) string {
	if s.Levels == nil {
		return a.Texts.T(lang, "inventory.unclassified")
	}
	return strings.TrimSpace(levelCode(s.Levels) + " " + s.ClassifiedOn)
}

// openClassify opens the dialog where a system is classified.
func (a *App) openClassify(ctx context.Context, req bot.Request) (bot.Reply, error) {
	s, lang, denied, err := a.systemFor(ctx, req, policy.ClassifySystem)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	return bot.Reply{Dialog: a.classifyDialog(lang, s)}, nil
}

// classifyDialog asks a question for each aspect that needs no knowledge of classification.
func (a *App) classifyDialog(lang string, s store.System) *bot.Dialog {
	t := func(key string, data ...locale.Data) string { return a.Texts.T(lang, key, data...) }
	d := &bot.Dialog{
		ID: classifyButton, Subject: s.Key, Title: t("classify.title"), Submit: t("button.save"), Cancel: t("button.cancel"),
		Fields: []bot.Field{{ID: "note", Kind: bot.Note, Label: t("classify.note", locale.Data{"System": s.Name})}}, Values: bot.Values{},
	}
	for _, aspect := range policy.AllAspects {
		id := aspect.String()
		var options []bot.Option
		for level := range policy.HighestLevel + 1 {
			options = append(options, bot.Option{Value: strconv.Itoa(level), Label: t("classify.level." + strconv.Itoa(level))})
		}
		d.Fields = append(d.Fields, bot.Field{
			ID: id, Kind: bot.Choice, Required: true, Label: t("classify." + id), Help: t("classify." + id + ".help"), Options: options,
		})
		if s.Levels != nil {
			d.Values[id] = []string{strconv.Itoa(s.Levels.Of(aspect))}
		}
	}
	var kinds []bot.Option
	for _, kind := range policy.DataKinds() {
		kinds = append(kinds, bot.Option{Value: kind, Label: t("data." + kind)})
	}
	if d.Values[fieldKinds] = s.DataKinds; len(s.DataKinds) == 0 {
		delete(d.Values, fieldKinds)
	}
	d.Fields = append(d.Fields, bot.Field{ID: fieldKinds, Kind: bot.Choices, Label: t("classify.kinds"), Options: kinds}, bot.Field{
		ID: fieldReason, Kind: bot.LongText, Required: true, Min: 3, Max: maxNote, Label: t("classify.reason"), Help: t("classify.reason.help"),
	})
	return d
}

// classify classifies a system, with the reason. How it was classified before is kept.
func (a *App) classify(ctx context.Context, req bot.Request) (bot.Reply, error) {
	s, lang, denied, err := a.systemFor(ctx, req, policy.ClassifySystem)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	if found := a.classifyDialog(lang, s).Check(req.Values, 0, a.Store.Now()); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	level := func(aspect policy.Aspects) int {
		n, _ := strconv.Atoi(req.Values.Get(aspect.String())) // Check has seen that it is one of the options
		return n
	}
	levels := policy.Levels{
		Confidentiality: level(policy.Confidentiality), Integrity: level(policy.Integrity), Availability: level(policy.Availability),
		Traceability: level(policy.Traceability),
	}
	reason, _ := policy.MaskPersonalNumbers(strings.TrimSpace(req.Values.Get(fieldReason)))
	err = a.once(ctx, req.Key, func(tx *store.Tx) error {
		who, err := a.ensureAccount(ctx, tx, req.Actor)
		if err != nil {
			return err
		}
		c := store.Classification{SystemID: s.ID, AccountID: &who.ID, Levels: &levels, Reason: reason}
		if err := tx.Classify(ctx, &c); err != nil {
			return err
		}
		if err := tx.DescribeData(ctx, s.ID, req.Values[fieldKinds]); err != nil {
			return err
		}
		return a.audit(ctx, tx, actorName(req.Actor), "system.classified", s.Key, map[string]any{
			"old": levelCode(s.Levels), "new": levelCode(&levels), "reason_sha256": digest(reason),
			"old_kinds": s.DataKinds, "new_kinds": req.Values[fieldKinds],
		})
	})
	if err != nil {
		return bot.Reply{}, fmt.Errorf("classifying a system: %w", err)
	}
	return a.private(lang, "classify.kept", locale.Data{"System": s.Name, "Levels": levelCode(&levels)}), nil
}

// askToClassify asks the owners of systems that are not classified, or were so long ago, to do it: each system's once in that time, on
// working days and by day, a few at a time.
func (a *App) askToClassify(ctx context.Context) error {
	now := a.Store.Now().In(a.Settings.Location)
	if !policy.IsWorkday(now, a.Settings.Holidays) || now.Hour() < a.Settings.Waits.Hour {
		return nil
	}
	long := now.AddDate(0, -policy.ReclassifyAfterMonths, 0)
	systems, err := a.Store.Unclassified(ctx, long.Format(time.DateOnly), long, askedAtOnce)
	if err != nil {
		return err
	}
	for _, s := range systems {
		err := a.Store.InTx(ctx, func(tx *store.Tx) error {
			first, err := tx.AskToClassify(ctx, s.ID, long)
			if err != nil || !first {
				return err
			}
			deliveries := a.toHolders([]Holder{{Email: strings.ToLower(s.OwnerEmail)}}, classifyDelivery, nil)
			for i := range deliveries {
				deliveries[i].SystemID, deliveries[i].Urgent = &s.ID, false
			}
			if err := a.post(ctx, tx, deliveries); err != nil {
				return err
			}
			return a.audit(ctx, tx, "system", "system.classification_asked", s.Key, map[string]any{"classified_on": s.ClassifiedOn})
		})
		if err != nil {
			return fmt.Errorf("asking for the classification of %s: %w", s.Key, err)
		}
	}
	return nil
}

// classifyLetter asks a system's owner to classify it; errPointless when it has been done meanwhile.
func (a *App) classifyLetter(ctx context.Context, d store.Delivery, lang string) (bot.Message, error) {
	s, err := a.Store.SystemByID(ctx, *d.SystemID)
	if err != nil {
		return bot.Message{}, fmt.Errorf("reading the system of a message: %w", err)
	}
	long := a.Store.Now().In(a.Settings.Location).AddDate(0, -policy.ReclassifyAfterMonths, 0).Format(time.DateOnly)
	if s.Levels != nil && s.ClassifiedOn >= long {
		return bot.Message{}, errPointless
	}
	key := "classify.ask.new"
	if s.Levels != nil {
		key = "classify.ask.again"
	}
	about := locale.Data{"System": s.Name, "On": s.ClassifiedOn}
	heading := a.Texts.T(lang, "classify.ask.heading", about)
	return bot.Message{Summary: heading, Blocks: []bot.Block{
		bot.Heading(heading), bot.Paragraph(a.Texts.T(lang, key, about)), bot.Paragraph(a.Texts.T(lang, "classify.ask")),
		bot.Buttons{{ID: classifyButton, Subject: s.Key, Text: a.Texts.T(lang, "button.classify"), Style: bot.Primary}},
	}}, nil
}
