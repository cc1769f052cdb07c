package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// show gives the reporter's words to the triage role, privately. Reading them is audited.
func (a *App) show(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.ShowText)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	notes, err := a.Store.Notes(ctx, incident.ID)
	if err != nil {
		return bot.Reply{}, fmt.Errorf("reading the notes of a case: %w", err)
	}
	attachments, err := a.Store.Attachments(ctx, incident.ID)
	if err != nil {
		return bot.Reply{}, fmt.Errorf("reading the attachments of a case: %w", err)
	}
	reporter, err := a.reporterText(ctx, lang, incident)
	if err != nil {
		return bot.Reply{}, err
	}
	err = a.once(ctx, req.Key, func(tx *store.Tx) error {
		return a.audit(ctx, tx, actorName(req.Actor), "incident.text_shown", incident.Number, map[string]any{"attachments": len(attachments)})
	})
	if err != nil {
		return bot.Reply{}, fmt.Errorf("recording that a report was read: %w", err)
	}
	hold, err := a.holdOf(ctx, incident)
	if err != nil {
		return bot.Reply{}, err
	}
	affected, err := a.Store.Affected(ctx, incident.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return bot.Reply{}, fmt.Errorf("reading whom a case affected: %w", err)
	}
	message := a.caseText(lang, incident, reporter, hold, notes, a.speakers(ctx, notes), attachments, affected)
	return bot.Reply{Message: &message}, nil
}

// reporterText is who reported: name, and unit when the person is on the staff list.
func (a *App) reporterText(ctx context.Context, lang string, incident store.Incident) (string, error) {
	if incident.ReporterID == nil {
		key := "card.anonymous"
		if incident.ReporterRemoved {
			key = "show.reporter_removed"
		}
		return a.Texts.T(lang, key), nil
	}
	account, err := a.Store.AccountByID(ctx, *incident.ReporterID)
	if err != nil {
		return "", fmt.Errorf("reading who reported: %w", err)
	}
	if account.PersonID == nil {
		return account.Name, nil
	}
	person, err := a.Store.PersonByEmail(ctx, account.Email)
	if err != nil {
		return "", fmt.Errorf("reading who reported: %w", err)
	}
	return person.Name + ", " + person.Unit, nil
}

// speakers are the names of those who said what was captured, by the id of their account.
func (a *App) speakers(ctx context.Context, notes []store.Note) map[int64]string {
	names := map[int64]string{}
	for _, n := range notes {
		if n.Kind == capturedNote && n.AuthorID != nil {
			names[*n.AuthorID] = a.accountName(ctx, n.AuthorID)
		}
	}
	return names
}

// caseText is the report in the reporter's words, with what was written since.
func (a *App) caseText(
	lang string, c store.Incident, reporter string, hold *store.Hold, notes []store.Note, speakers map[int64]string,
	attachments []store.Attachment, affected store.Affected,
) bot.Message {
	t := func(key string, data ...locale.Data) string { return a.Texts.T(lang, key, data...) }
	heading := t("show.heading", locale.Data{"Number": c.Number})
	blocks := []bot.Block{
		bot.Heading(heading),
		bot.Facts{
			{Label: t("card.reporter"), Value: reporter},
			{Label: t("card.registered"), Value: locale.Time(c.RegisteredAt, a.Settings.Location)},
		},
	}
	if c.AnonymisedAt != nil {
		text := t("show.anonymised", locale.Data{"Time": locale.Time(*c.AnonymisedAt, a.Settings.Location)})
		blocks = append(blocks, bot.Paragraph(text))
		// What has come since the case was taken up again is shown as ever.
		notes = slices.DeleteFunc(notes, func(n store.Note) bool { return n.Text == "" })
		attachments = nil
	} else {
		blocks = append(blocks, bot.Quote(c.Text))
	}
	if c.Done != "" {
		blocks = append(blocks, bot.Facts{{Label: t("report.done")}}, bot.Quote(c.Done))
	}
	if signs := signs(c.CategoryReasons); signs != "" && c.Category == c.Suggested {
		label := t("show.signs", locale.Data{"Category": t("category." + string(c.Category))})
		blocks = append(blocks, bot.Facts{{Label: label, Value: signs}})
	}
	if hold != nil {
		blocks = append(blocks, bot.Facts{{Label: t("hold.reason")}}, bot.Quote(hold.Reason))
	}
	if c.SeverityNote != "" {
		blocks = append(blocks, bot.Facts{{Label: t("show.severity_note")}}, bot.Quote(c.SeverityNote))
	}
	for _, text := range []struct{ key, text string }{
		{"affected.consequences", affected.Consequences}, {"affected.informed_why", affected.InformedWhy},
	} {
		if text.text != "" {
			blocks = append(blocks, bot.Facts{{Label: t(text.key)}}, bot.Quote(text.text))
		}
	}
	for _, n := range notes {
		data := locale.Data{"Time": locale.Time(n.At, a.Settings.Location)}
		if n.AuthorID != nil {
			data["Name"] = speakers[*n.AuthorID]
		}
		label := t("note."+n.Kind, data)
		blocks = append(blocks, bot.Facts{{Label: label}}, bot.Quote(n.Text))
	}
	if c.Lesson != "" {
		blocks = append(blocks, bot.Facts{{Label: t("close.lesson")}}, bot.Quote(c.Lesson))
	}
	if len(attachments) > 0 {
		fetched := false
		lines := make(bot.List, len(attachments))
		for i, at := range attachments {
			key := "show.attachment"
			fetched = fetched || at.FetchedAt != nil
			switch {
			case at.Failure != "":
				key = "show.attachment.failed"
			case at.FetchedAt == nil:
				key = "show.attachment.pending"
			}
			lines[i] = t(key, locale.Data{"Name": at.Name, "Kilobytes": (at.Size + 1023) / 1024})
		}
		blocks = append(blocks, bot.Facts{{Label: t("card.attachments")}}, lines)
		if fetched {
			blocks = append(blocks, bot.Buttons{{ID: attachmentsButton, Subject: c.Ref, Text: t("button.attachments")}})
		}
	}
	return bot.Message{Summary: heading, Blocks: append(blocks, bot.Small(t("show.audited")))}
}

// sendAttachments hands a report's attachments to who works the case, as direct messages.
func (a *App) sendAttachments(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.ShowText)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	attachments, err := a.Store.Attachments(ctx, incident.ID)
	if err != nil {
		return bot.Reply{}, fmt.Errorf("reading the attachments of a case: %w", err)
	}
	err = a.once(ctx, req.Key, func(tx *store.Tx) error {
		var deliveries []store.Delivery
		for _, at := range attachments {
			if at.FetchedAt != nil {
				d := personal(req.Actor, attachmentDelivery, &incident.ID)
				d.AttachmentID = &at.ID
				deliveries = append(deliveries, d)
			}
		}
		if err := a.post(ctx, tx, deliveries); err != nil {
			return err
		}
		detail := map[string]any{"attachments": len(deliveries)}
		return a.audit(ctx, tx, actorName(req.Actor), "incident.attachments_sent", incident.Number, detail)
	})
	if err != nil {
		return bot.Reply{}, fmt.Errorf("handing on attachments: %w", err)
	}
	return a.private(lang, "attachments_sent"), nil
}

func signs(reasons []policy.Reason) string {
	words := make([]string, len(reasons))
	for i, r := range reasons {
		words[i] = "”" + r.Sign + "”"
	}
	return strings.Join(words, ", ")
}
