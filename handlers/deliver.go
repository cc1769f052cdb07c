package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// errPointless says that a message has lost its point before it was sent.
var errPointless = errors.New("the message has lost its point")

// Deliver sends one message, drawn from the state of the register now. The error is nil when the delivery has reached its
// end (sent, skipped, unreached or dead), a *bot.SendError with Wait when the platform asks to wait, and any other for an attempt to be
// made again later; last says that no later attempt will be made, so that a failure makes a dead letter. asked tells whether
// the platform was asked anything, which counts towards its limits.
func (a *App) Deliver(ctx context.Context, id int64, last bool) (asked bool, err error) {
	var d store.Delivery
	err = a.Store.InTx(ctx, func(tx *store.Tx) error {
		var err error
		d, err = tx.BeginAttempt(ctx, id)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return false, nil // already ended, by an earlier run of the same job
	}
	if err != nil {
		return false, fmt.Errorf("beginning a delivery: %w", err)
	}
	card, err := a.send(ctx, d)
	if gone, ok := errors.AsType[*bot.SendError](err); ok && gone.Permanent && d.Channel != "" {
		err = a.leaveRoom(ctx, d, gone)
	}
	var refused *bot.SendError
	switch {
	case err == nil:
		return true, a.finish(ctx, d, store.Sent, "", card)
	case errors.Is(err, errPointless):
		return false, a.finish(ctx, d, store.Skipped, "", nil)
	case errors.As(err, &refused) && refused.Unreachable && (toReporter(d.Kind) || d.NoticeID != nil):
		return true, a.finish(ctx, d, store.Unreached, refused.Code, nil)
	case errors.As(err, &refused) && (refused.Permanent || last && refused.Wait == 0):
		return true, a.finish(ctx, d, store.Dead, refused.Code, nil)
	case last && refused == nil:
		a.Log.ErrorContext(ctx, "giving up a delivery", "delivery", d.ID, "kind", d.Kind, "error", err)
		return true, a.finish(ctx, d, store.Dead, "internal", nil)
	}
	code := "internal"
	if refused != nil {
		code = refused.Code
	}
	a.Metrics.retries.Inc()
	a.Log.WarnContext(ctx, "a delivery will be tried again", "delivery", d.ID, "kind", d.Kind, "code", code,
		"attempts", d.Attempts, "waiting", a.Store.Now().Sub(d.CreatedAt).String())
	if saveErr := a.Store.InTx(ctx, func(tx *store.Tx) error { return tx.FailAttempt(ctx, d.ID, code) }); saveErr != nil {
		return true, errors.Join(err, fmt.Errorf("recording a failed delivery: %w", saveErr))
	}
	return true, err
}

// RetryAfter is how long a platform asked to wait before it is tried again; 0 when err is no such request.
func RetryAfter(err error) time.Duration {
	var refused *bot.SendError
	if errors.As(err, &refused) {
		return refused.Wait
	}
	return 0
}

// send draws and sends. For a card it returns the copy to remember.
func (a *App) send(ctx context.Context, d store.Delivery) (*store.Card, error) {
	surface, ok := a.Surfaces[d.Surface]
	if !ok {
		return nil, &bot.SendError{Code: "surface_not_configured", Permanent: true}
	}
	switch d.Kind {
	case openRoomDelivery:
		return nil, a.makeRoom(ctx, surface, d)
	case closeRoomDelivery:
		return nil, a.closeRoom(ctx, surface, d)
	}
	to, account, err := a.address(ctx, d)
	if err != nil {
		return nil, err
	}
	key := fmt.Sprintf("delivery-%d", d.ID)
	if d.Kind == attachmentDelivery {
		return nil, a.sendAttachment(ctx, surface, to, d)
	}
	if strings.HasPrefix(d.Kind, trainingFiles) {
		return nil, a.sendTrainingFile(ctx, surface, to, a.recipientLanguage(account), d)
	}
	if d.Kind == riskMatrixDelivery {
		return nil, a.sendRiskMatrix(ctx, surface, to, a.recipientLanguage(account))
	}
	if strings.HasPrefix(d.Kind, notificationDelivery) {
		return nil, a.sendDraft(ctx, surface, to, d)
	}
	if strings.HasPrefix(d.Kind, followupFileDelivery) {
		return nil, a.sendFollowup(ctx, surface, to, d)
	}
	if d.Kind == revisionDelivery {
		return a.showRevision(ctx, surface, to, d, account)
	}
	if d.Kind != cardDelivery {
		m, err := a.letter(ctx, d, a.recipientLanguage(account), a.readerOf(account, to))
		if err != nil {
			return nil, err
		}
		_, err = surface.Send(ctx, to, m, key, d.Attempts > 1)
		return nil, err
	}
	return a.showCard(ctx, surface, to, d, account)
}

// showCard brings the copy of an incident's card in a delivery's lane up to date.
func (a *App) showCard(
	ctx context.Context, surface bot.Surface, to bot.Address, d store.Delivery, account store.Account,
) (*store.Card, error) {
	incident, err := a.Store.IncidentByID(ctx, *d.IncidentID)
	if err != nil {
		return nil, fmt.Errorf("reading the incident of a card: %w", err)
	}
	var roles []policy.Role // of a person; a channel has none
	if d.Channel == "" {
		if roles, err = a.readerOf(account, to)(ctx, incident); err != nil {
			return nil, err
		}
	}
	copies, err := a.Store.Cards(ctx, incident.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the copies of a card: %w", err)
	}
	withdrawn := d.Channel == "" && !policy.May(roles, policy.SeeCard, facts(incident))
	draw := func(posting bool) (bot.Message, error) {
		lang := a.recipientLanguage(account)
		if withdrawn {
			return a.withdrawnCard(lang, incident), nil
		}
		view, err := a.viewOf(ctx, incident)
		if err != nil {
			return bot.Message{}, err
		}
		view.Roles = roles
		view.Confidential = slices.ContainsFunc(a.Settings.Triage, func(c TriageChannel) bool { return c.Confidential && c.Address == to })
		if posting && incident.AnonymisedAt != nil && incident.Status == store.Closed {
			return bot.Message{}, errPointless // an old case is no news because its words were emptied
		}
		if posting && incident.Status == store.New {
			view.Delay = a.Store.Now().Sub(incident.RegisteredAt)
		}
		return a.card(lang, view), nil
	}
	return a.bringUpToDate(ctx, surface, to, d, picture{version: incident.Version, copies: copies, withdrawn: withdrawn, draw: draw})
}

// sendAttachment hands on a file, unless its recipient no longer may have it.
func (a *App) sendAttachment(ctx context.Context, surface bot.Surface, to bot.Address, d store.Delivery) error {
	incident, err := a.readable(ctx, to, d)
	if err != nil {
		return err
	}
	attachment, err := a.Store.Attachment(ctx, *d.AttachmentID)
	if err != nil {
		return fmt.Errorf("reading an attachment: %w", err)
	}
	content, err := a.Store.AttachmentContent(ctx, attachment.ID)
	if err != nil {
		return fmt.Errorf("reading the content of an attachment: %w", err)
	}
	return surface.SendFile(ctx, to, incident.Number+" "+attachment.Name, "", content)
}

// address is where a delivery goes. A role holder known by e-mail only is looked up once and remembered.
func (a *App) address(ctx context.Context, d store.Delivery) (bot.Address, store.Account, error) {
	if d.Channel != "" {
		return bot.Address{Surface: d.Surface, Channel: d.Channel}, store.Account{}, nil
	}
	var account store.Account
	var err error
	if d.Email != "" {
		account, err = a.accountByEmail(ctx, d.Surface, d.Email)
		if refused, ok := errors.AsType[*bot.SendError](err); ok && refused.Permanent {
			reached, other := a.reachedElsewhere(ctx, d)
			if other != nil {
				err = other
			} else if reached {
				err = errPointless
			}
		}
	} else {
		account, err = a.Store.Account(ctx, d.Surface, d.UserID)
		if errors.Is(err, store.ErrNotFound) { // a role holder named in the configuration who has not used the bot yet
			account, err = store.Account{Surface: d.Surface, UserID: d.UserID}, nil
		}
	}
	if err != nil {
		return bot.Address{}, store.Account{}, fmt.Errorf("finding a recipient: %w", err)
	}
	return bot.Address{Surface: d.Surface, User: account.UserID}, account, nil
}

// viewWork adds to a view what those who work the case have added to it, and what else may be of the same event.
func (a *App) viewWork(ctx context.Context, view *cardView) error {
	c := view.Incident
	if w, ok := a.worker(c.Assignee); ok {
		view.Assignee = a.workerName(ctx, w)
	} else {
		view.Assignee = c.Assignee
	}
	affected, err := a.Store.Affected(ctx, c.ID)
	if err == nil {
		view.Affected = &affected
	} else if !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("reading whom the case of a card affected: %w", err)
	}
	if view.Measures, err = a.Store.Measures(ctx, c.ID); err != nil {
		return fmt.Errorf("reading the measures of a card: %w", err)
	}
	if view.Risks, err = a.Store.RisksOfIncident(ctx, c.ID); err != nil {
		return fmt.Errorf("reading the risks of a card: %w", err)
	}
	if c.LeadID != nil {
		lead, err := a.Store.IncidentByID(ctx, *c.LeadID)
		if err != nil {
			return fmt.Errorf("reading what the case of a card is under: %w", err)
		}
		view.Lead = &lead
	}
	if view.Members, err = a.Store.Members(ctx, c.ID); err != nil {
		return fmt.Errorf("reading what is under the case of a card: %w", err)
	}
	if c.Status == store.New && c.LeadID == nil {
		if view.Similar, err = a.similar(ctx, c); err != nil {
			return fmt.Errorf("looking for cases like that of a card: %w", err)
		}
	}
	return nil
}

// reader tells the roles of who reads a message in the case that it is about.
type reader func(ctx context.Context, c store.Incident) ([]policy.Role, error)

// readerOf is the reader of a message that is sent now: roles change while messages wait.
func (a *App) readerOf(account store.Account, to bot.Address) reader {
	return func(ctx context.Context, c store.Incident) ([]policy.Role, error) {
		return a.rolesOnKnown(ctx, bot.Actor{Surface: to.Surface, ID: to.User}, account.Email, c)
	}
}

func (a *App) viewOf(ctx context.Context, incident store.Incident) (cardView, error) {
	view := cardView{
		Incident:       incident,
		AcknowledgedBy: a.accountName(ctx, incident.AcknowledgedBy),
		ClosedBy:       a.accountName(ctx, incident.ClosedBy),
	}
	if incident.StopQuestion {
		view.Reporter = a.accountName(ctx, incident.ReporterID)
	}
	if incident.SystemID != nil {
		system, err := a.Store.SystemByID(ctx, *incident.SystemID)
		if err != nil {
			return view, fmt.Errorf("reading the system of a card: %w", err)
		}
		view.System = &system
	}
	if incident.ReporterID != nil {
		var err error
		if view.Unreached, err = a.Store.ReporterUnreached(ctx, incident.ID); err != nil {
			return view, fmt.Errorf("reading whether the reporter is reached: %w", err)
		}
	}
	attachments, err := a.Store.Attachments(ctx, incident.ID)
	if err != nil {
		return view, fmt.Errorf("reading the attachments of a card: %w", err)
	}
	if view.Decisions, err = a.Store.Decisions(ctx, incident.ID); err != nil {
		return view, fmt.Errorf("reading the decisions of a card: %w", err)
	}
	if view.Obligations, err = a.Store.Obligations(ctx, incident.ID); err != nil {
		return view, fmt.Errorf("reading the obligations of a card: %w", err)
	}
	view.Attachments = len(attachments)
	if view.Hold, err = a.holdOf(ctx, incident); err != nil {
		return view, err
	}
	if view.Hold != nil {
		view.HeldBy = a.accountName(ctx, &view.Hold.AccountID)
	}
	room, err := a.Store.Room(ctx, incident.ID)
	switch {
	case err == nil:
		view.Room = &room
	case !errors.Is(err, store.ErrNotFound):
		return view, fmt.Errorf("reading the room of a card: %w", err)
	}
	return view, a.viewWork(ctx, &view)
}

// letter draws a message that is not a card. What its reader may be offered to do goes by their roles; a letter to who reported asks for
// none.
func (a *App) letter(ctx context.Context, d store.Delivery, lang string, reader reader) (bot.Message, error) {
	if d.Kind == linkCodeDelivery {
		return a.linkLetter(ctx, d)
	}
	if d.NoticeID != nil {
		return a.noticeLetter(ctx, d, lang)
	}
	if d.SystemID != nil {
		return a.classifyLetter(ctx, d, lang)
	}
	if d.RiskID != nil {
		return a.riskLetter(ctx, d, lang)
	}
	if d.MeasureID != nil {
		return a.measureLetter(ctx, d, lang)
	}
	if year, ok := strings.CutPrefix(d.Kind, followupDelivery); ok {
		roles, err := reader(ctx, store.Incident{}) // those of the settings
		if err != nil {
			return bot.Message{}, err
		}
		number, err := strconv.Atoi(year)
		if err != nil {
			return bot.Message{}, fmt.Errorf("reading the year of a follow-up: %w", err)
		}
		return a.followupLetter(ctx, lang, number, roles)
	}
	if d.RevisionID != nil {
		roles, err := reader(ctx, store.Incident{}) // those of the settings
		if err != nil {
			return bot.Message{}, err
		}
		return a.revisionReminder(ctx, d, lang, roles)
	}
	if d.Kind == undeliveredDelivery && d.IncidentID == nil {
		return a.undeliveredLetter(lang, ""), nil
	}
	incident, err := a.Store.IncidentByID(ctx, *d.IncidentID)
	if err != nil {
		return bot.Message{}, fmt.Errorf("reading the incident of a message: %w", err)
	}
	switch d.Kind {
	case receiptDelivery:
		return a.receipt(lang, incident), nil
	case acknowledgedDelivery:
		if incident.Status == store.Closed {
			return bot.Message{}, errPointless // the news that it is closed follows
		}
		return a.news(lang, d.Kind, incident, a.accountName(ctx, incident.AcknowledgedBy), store.Note{}), nil
	case closedDelivery:
		return a.news(lang, d.Kind, incident, a.accountName(ctx, incident.ClosedBy), store.Note{}), nil
	case noteDelivery:
		note, err := a.Store.Note(ctx, *d.NoteID)
		if err != nil {
			return bot.Message{}, fmt.Errorf("reading a message to the reporter: %w", err)
		}
		return a.news(lang, d.Kind, incident, a.accountName(ctx, note.AuthorID), note), nil
	case reopenedDelivery:
		if incident.Status == store.Closed {
			return bot.Message{}, errPointless
		}
		return a.news(lang, d.Kind, incident, "", store.Note{}), nil
	case answeredDelivery:
		return a.answeredLetter(lang, incident), nil
	case roomDelivery:
		return a.roomLetter(lang, incident), nil
	case roomFailedDelivery:
		text := a.Texts.T(lang, "room.failed", locale.Data{"Number": incident.Number})
		return bot.Message{Summary: text, Blocks: []bot.Block{bot.Paragraph(text)}}, nil
	case reminderDelivery:
		roles, err := reader(ctx, incident)
		if err != nil {
			return bot.Message{}, err
		}
		return a.reminderLetter(ctx, d, lang, roles, incident)
	case assignedDelivery:
		return a.assignedLetter(lang, incident), nil
	case involvedDelivery:
		return a.involvedLetter(ctx, d, lang, incident)
	case undeliveredDelivery:
		return a.undeliveredLetter(lang, incident.Number), nil
	}
	return bot.Message{}, fmt.Errorf("drawing a message: unknown kind %q", d.Kind)
}

// undeliveredLetter tells of a dead letter; number is that of its incident, "" of what concerns none.
func (a *App) undeliveredLetter(lang, number string) bot.Message {
	text := a.Texts.T(lang, "undelivered", locale.Data{"Number": number})
	return bot.Message{Summary: text, Blocks: []bot.Block{bot.Paragraph(text)}}
}

func (a *App) recipientLanguage(account store.Account) string {
	if account.ID == 0 {
		return a.Settings.Language
	}
	return a.languageOf(account)
}

// finish ends a delivery and starts the next one of its lane, in one transaction.
func (a *App) finish(ctx context.Context, d store.Delivery, outcome store.Outcome, code string, card *store.Card) error {
	var noticed []store.Progress
	var err error
	if d.NoticeID != nil && outcome != store.Skipped {
		if noticed, err = a.noticed(ctx, d); err != nil {
			return fmt.Errorf("counting a notice: %w", err)
		}
	}
	err = a.Store.InTx(ctx, func(tx *store.Tx) error {
		if card != nil {
			if err := tx.SaveCard(ctx, *card); err != nil {
				return err
			}
		}
		if d.NoticeID != nil && outcome != store.Skipped {
			if err := tx.EndNotice(ctx, *d.NoticeID); err != nil {
				return err
			}
			if err := tx.SaveProgress(ctx, noticed...); err != nil {
				return err
			}
		}
		if outcome == store.Unreached && d.IncidentID != nil {
			if err := a.noteUnreached(ctx, tx, d, code); err != nil {
				return err
			}
		}
		next, err := tx.FinishDelivery(ctx, d.ID, outcome, code)
		if err != nil {
			return err
		}
		if next != 0 && d.NoticeID == nil {
			if err := a.Enqueue(ctx, tx, Job{Kind: DeliverJob, ID: next, Urgent: true}); err != nil {
				return err
			}
		}
		if outcome == store.Dead {
			return a.bury(ctx, tx, d, code)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("ending a delivery: %w", err)
	}
	delay := a.Store.Now().Sub(d.CreatedAt)
	a.Metrics.deliveries.WithLabelValues(d.Kind, string(outcome)).Inc()
	switch outcome {
	case store.Sent:
		a.Metrics.delay.Observe(delay.Seconds())
		level := a.Log.DebugContext
		if delay > noticeableDelay && d.NoticeID == nil { // which waits its turn
			level = a.Log.WarnContext
		}
		level(ctx, "delivered", "delivery", d.ID, "kind", d.Kind, "attempts", d.Attempts, "delay", delay.Round(time.Millisecond).String())
	case store.Unreached:
		a.Log.InfoContext(ctx, "a person takes no messages", "delivery", d.ID, "kind", d.Kind, "code", code)
	case store.Dead:
		a.Log.ErrorContext(ctx, "a message could not be delivered", "delivery", d.ID, "kind", d.Kind, "lane", d.Lane, "code", code)
	}
	return nil
}

// toReporter tells whether a kind of message goes to who reported. That they take no messages is their choice and nothing that
// the CISO or an operator can mend: what it says stands under their reports instead, see unreached.
func toReporter(kind string) bool { return slices.Contains(reporterKinds(), kind) }

func reporterKinds() []string {
	return []string{receiptDelivery, acknowledgedDelivery, noteDelivery, closedDelivery, reopenedDelivery}
}

// noteUnreached has the card say that the reporter takes no messages, when it does not say so already.
func (a *App) noteUnreached(ctx context.Context, tx *store.Tx, d store.Delivery, code string) error {
	noted, err := tx.ReporterUnreached(ctx, *d.IncidentID)
	if err != nil || noted {
		return err
	}
	incident, err := a.touch(ctx, tx, *d.IncidentID)
	if err != nil {
		return err
	}
	return a.audit(ctx, tx, "system", "reporter.unreached", incident.Number, map[string]any{"kind": d.Kind, "code": code})
}

// bury makes a dead letter visible: in the audit chain, and to those who work the cases, by another way than the one that
// failed; once a day and lane, because a channel that is gone fails for every case. They are not told of a training notice, which is one
// of thousands and comes again, nor of a code that somebody waits for and asks for anew.
func (a *App) bury(ctx context.Context, tx *store.Tx, d store.Delivery, code string) error {
	if d.Kind == openRoomDelivery {
		return a.roomFailed(ctx, tx, d, code)
	}
	subject := ""
	if d.IncidentID != nil {
		incident, err := tx.IncidentByID(ctx, *d.IncidentID)
		if err != nil {
			return err
		}
		subject = incident.Number
	}
	if err := a.audit(ctx, tx, "system", "delivery.dead", subject, map[string]any{"kind": d.Kind, "lane": d.Lane, "code": code}); err != nil {
		return err
	}
	if d.NoticeID != nil || d.Kind == linkCodeDelivery || d.Kind == undeliveredDelivery {
		return nil
	}
	fresh, _, err := tx.Claim(ctx, "undelivered:"+d.Lane+":"+tx.Now.In(a.Settings.Location).Format(time.DateOnly), "")
	if err != nil || !fresh {
		return err
	}
	onDuty, err := a.roster(ctx, tx, tx.Now)
	if err != nil {
		return err
	}
	others := a.toHolders(onDuty.triage(), undeliveredDelivery, d.IncidentID)
	for _, channel := range a.Settings.Triage {
		others = append(others, store.Delivery{
			Lane: channel.Address.String(), Surface: channel.Address.Surface, Channel: channel.Address.Channel,
			Kind: undeliveredDelivery, IncidentID: d.IncidentID, Urgent: true,
		})
	}
	others = slices.DeleteFunc(others, func(o store.Delivery) bool { return o.Lane == d.Lane })
	// One is enough where it is certain that it can be addressed. Of those by e-mail, one that finds nobody leaves it to the rest.
	if i := slices.IndexFunc(others, func(o store.Delivery) bool { return o.Email == "" }); i >= 0 {
		others = others[i : i+1]
	}
	return a.post(ctx, tx, others)
}
