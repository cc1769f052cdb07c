package handlers

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// capturedNote is the kind of a note that was said in the case's room.
const capturedNote = "captured"

// capture keeps a message of a case's room in the case: what was said, by whom and when. A message is kept once.
func (a *App) capture(ctx context.Context, req bot.Request) (bot.Reply, error) {
	at := req.Said.Ref
	room, err := a.Store.RoomByChannel(ctx, at.Surface, at.Channel)
	if errors.Is(err, store.ErrNotFound) {
		return a.private(a.language(ctx, req.Actor), "capture.not_here"), nil
	}
	if err != nil {
		return bot.Reply{}, fmt.Errorf("looking up the room of a message: %w", err)
	}
	incident, err := a.Store.IncidentByID(ctx, room.IncidentID)
	if err != nil {
		return bot.Reply{}, fmt.Errorf("reading the incident of a room: %w", err)
	}
	req.Subject = incident.Ref
	incident, lang, denied, err := a.caseFor(ctx, req, policy.AddNote)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	text, _ := policy.MaskPersonalNumbers(strings.TrimSpace(req.Text))
	if text == "" {
		return a.private(lang, "capture.empty"), nil
	}
	answer := "capture.saved"
	err = a.change(ctx, req, incident, "incident.captured",
		func(tx *store.Tx, _ store.Account, c *store.Incident) (map[string]any, error) {
			if c.Status == store.Closed {
				return nil, errClosed
			}
			note := store.Note{
				IncidentID: c.ID, At: req.Said.At, Kind: capturedNote, Text: text, Source: at.Surface + ":" + at.Channel + ":" + at.ID,
			}
			kept, err := tx.HasNoteFrom(ctx, note.Source)
			if err != nil {
				return nil, err
			}
			if kept {
				answer = "capture.already"
				return nil, errDone
			}
			if by := req.Said.Author; by.ID != "" {
				author, err := a.ensureAccount(ctx, tx, by)
				if err != nil {
					return nil, err
				}
				note.AuthorID = &author.ID
				if a.unidentified(author) {
					if err := a.Enqueue(ctx, tx, Job{Kind: IdentifyJob, ID: author.ID}); err != nil {
						return nil, err
					}
				}
			}
			return map[string]any{"text_sha256": digest(text)}, tx.AddNote(ctx, &note)
		}, nil)
	return a.outcome(lang, answer, incident, err)
}
