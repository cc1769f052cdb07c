package handlers

import (
	"context"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// openAttach opens the dialog where files are added to a case.
func (a *App) openAttach(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.Attach)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	return bot.Reply{Dialog: a.attachDialog(lang, incident)}, nil
}

func (a *App) attachDialog(lang string, c store.Incident) *bot.Dialog {
	t := func(key string) string { return a.Texts.T(lang, key) }
	return &bot.Dialog{
		ID: attachButton, Subject: c.Ref, Title: c.Number, Submit: t("button.save"), Cancel: t("button.cancel"),
		Fields: []bot.Field{
			{ID: fieldFiles, Kind: bot.Files, Required: true, Max: a.Settings.MaxFiles, Label: t("attach.files"), Help: t("attach.files.help")},
		},
	}
}

// attach adds files to a case. They are fetched from the platform after the commit, as those of a report are.
func (a *App) attach(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.Attach)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	if found := a.attachDialog(lang, incident).Check(req.Values, len(req.Files), a.Store.Now()); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	err = a.change(ctx, req, incident, "incident.attached",
		func(tx *store.Tx, _ store.Account, c *store.Incident) (map[string]any, error) {
			if c.Status == store.Closed {
				return nil, errClosed
			}
			jobs, err := a.keepFiles(ctx, tx, c.ID, req)
			if err != nil {
				return nil, err
			}
			return map[string]any{"attachments": len(req.Files)}, a.Enqueue(ctx, tx, jobs...)
		}, nil)
	return a.ended(lang, fieldFiles, err)
}

// keepFiles notes the files that came with a request, and returns the jobs that fetch them.
func (a *App) keepFiles(ctx context.Context, tx *store.Tx, incidentID int64, req bot.Request) (jobs []Job, err error) {
	attachments := make([]store.Attachment, len(req.Files))
	for i, f := range req.Files {
		attachments[i] = store.Attachment{Surface: req.Actor.Surface, FileID: f.ID, Name: f.Name, Type: f.Type, Size: f.Size}
	}
	if err := tx.AddAttachments(ctx, incidentID, attachments); err != nil {
		return nil, err
	}
	for _, at := range attachments {
		jobs = append(jobs, Job{Kind: FetchJob, ID: at.ID})
	}
	return jobs, nil
}
