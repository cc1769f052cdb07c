package handlers

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// inParts answers a surface that shows dialogs a part at a time (bot.Request.InParts). What was answered is kept in the register
// between the parts, as a draft is: personal identity numbers masked, forgotten after a while, and without the name of who
// answered, so that a report that is sent without one has left none here.
//
// What is kept stays for that while when it was sent too, so that sending it again gives the same receipt. It holds nothing
// then that the incident does not hold.
func (a *App) inParts(ctx context.Context, req bot.Request) (bot.Reply, error) {
	if req.Kind == bot.Change || req.Kind == bot.Submit || req.Kind == bot.Cancel {
		return a.takePart(ctx, req)
	}
	reply, err := a.handle(ctx, req)
	if err != nil || reply.Dialog == nil {
		return reply, err
	}
	kept := store.KeptDialog{Ref: a.NewRef(), Dialog: reply.Dialog.ID, Subject: reply.Dialog.Subject, Values: reply.Dialog.Values}
	if err := a.Store.InTx(ctx, func(tx *store.Tx) error { return tx.KeepDialog(ctx, kept) }); err != nil {
		return bot.Reply{}, fmt.Errorf("keeping a dialog: %w", err)
	}
	reply.Dialog.Kept = kept.Ref
	return reply, nil
}

// takePart adds a part of a dialog to what is kept of it, and goes on with all of it.
func (a *App) takePart(ctx context.Context, req bot.Request) (bot.Reply, error) {
	kept, err := a.addPart(ctx, req)
	if errors.Is(err, store.ErrNotFound) {
		return a.private(a.language(ctx, req.Actor), "kept.gone"), nil
	}
	if err != nil {
		return bot.Reply{}, err
	}
	answered := len(req.Values)+len(req.Files) > 0
	req.Values, req.Files = kept.Values, filesOf(kept)
	switch req.Kind {
	case bot.Cancel:
		return a.cancelKept(ctx, req)
	case bot.Submit:
		return a.submitKept(ctx, req)
	}
	if answered && req.Name == ReportDialog {
		a.saveKeptDraft(ctx, req)
	}
	return a.reopen(ctx, req)
}

// addPart merges the answers and files of one part into what is kept, and returns the whole. store.ErrNotFound when nothing is
// kept: it was closed, has grown too old, or is another dialog's.
func (a *App) addPart(ctx context.Context, req bot.Request) (store.KeptDialog, error) {
	kept, err := a.Store.KeptDialog(ctx, req.Kept)
	if err != nil {
		return store.KeptDialog{}, fmt.Errorf("reading a kept dialog: %w", err)
	}
	tooOld := kept.SavedAt.Before(a.Store.Now().Add(-a.Settings.DraftAge))
	if tooOld || kept.Dialog != req.Name || kept.Subject != req.Subject {
		return store.KeptDialog{}, fmt.Errorf("reading a kept dialog: %w", store.ErrNotFound)
	}
	if len(req.Values)+len(req.Files) == 0 {
		return kept, nil
	}
	err = a.Store.InTx(ctx, func(tx *store.Tx) error {
		var err error
		kept, err = tx.UpdateKeptDialog(ctx, req.Kept, func(old store.KeptDialog) (store.KeptDialog, error) {
			return merged(old, req), nil
		})
		return err
	})
	if err != nil {
		return store.KeptDialog{}, fmt.Errorf("keeping a part of a dialog: %w", err)
	}
	return kept, nil
}

// merged is what is kept with the answers and files of a part.
func merged(kept store.KeptDialog, part bot.Request) store.KeptDialog {
	values := make(bot.Values, len(kept.Values)+len(part.Values))
	maps.Copy(values, kept.Values)
	maps.Copy(values, maskedValues(part.Values))
	if _, given := part.Values[fieldFiles]; given || len(part.Files) > 0 {
		delete(values, fieldFiles) // the files themselves are kept
		kept.Files = make([]store.KeptFile, len(part.Files))
		for i, f := range part.Files {
			kept.Files[i] = store.KeptFile(f)
		}
	}
	if part.Name == ReportDialog && values.Get(fieldStop) == string(policy.Yes) {
		// What may concern Sweden's security must not stay here: see incidentFrom.
		// When the draft was saved is no detail, and belongs to the dialog's fields.
		maps.DeleteFunc(values, func(field string, _ []string) bool { return field != fieldStop && field != fieldDraft })
		kept.Files = nil
	}
	kept.Values = values
	return kept
}

func filesOf(kept store.KeptDialog) []bot.File {
	files := make([]bot.File, len(kept.Files))
	for i, f := range kept.Files {
		files[i] = bot.File(f)
	}
	return files
}

// reopen draws up a kept dialog again with all its answers. All but the report is asked for as its button does, so that the
// person must still be one who may open it; a Reply without a Dialog says why not.
func (a *App) reopen(ctx context.Context, req bot.Request) (bot.Reply, error) {
	var reply bot.Reply
	if req.Name == ReportDialog {
		lang := a.language(ctx, req.Actor)
		reply.Dialog = a.reportDialog(lang)
		a.noteDraft(lang, reply.Dialog, req.Values)
	} else {
		var err error
		opener := bot.Request{
			Kind: bot.Press, Key: "kept:" + req.Kept + ":reopen", Actor: req.Actor, Name: req.Name, Subject: req.Subject, At: req.At, InParts: true,
		}
		if reply, err = a.press(ctx, opener); err != nil || reply.Dialog == nil {
			return reply, err
		}
	}
	reply.Dialog.Kept = req.Kept
	reply.Dialog.Values = maps.Clone(req.Values)
	if len(req.Files) > 0 {
		names := make([]string, len(req.Files))
		for i, f := range req.Files {
			names[i] = f.Name
		}
		reply.Dialog.Values[fieldFiles] = names
	}
	return reply, nil
}

// submitKept sends a kept dialog. When there is something to mend, the dialog comes with what it is.
func (a *App) submitKept(ctx context.Context, req bot.Request) (bot.Reply, error) {
	reply, err := a.submit(ctx, req)
	if err != nil || len(reply.Errors) == 0 {
		return reply, err
	}
	again, err := a.reopen(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	if again.Dialog == nil { // the case was closed meanwhile: there is nothing to mend
		text := strings.Join(slices.Sorted(maps.Values(reply.Errors)), "\n")
		return bot.Reply{Message: &bot.Message{Summary: text, Blocks: []bot.Block{bot.Paragraph(text)}}}, nil
	}
	reply.Dialog = again.Dialog
	return reply, nil
}

// cancelKept closes a kept dialog without sending it. A report is offered again the next time its writer opens one.
func (a *App) cancelKept(ctx context.Context, req bot.Request) (bot.Reply, error) {
	lang := a.language(ctx, req.Actor)
	reply := a.private(lang, "kept.cancelled")
	if req.Name == ReportDialog && a.saveKeptDraft(ctx, req) {
		until := locale.Time(req.At.Add(a.Settings.DraftAge), a.Settings.Location)
		reply = a.private(lang, "kept.cancelled.draft", locale.Data{"Time": until})
	}
	if err := a.Store.InTx(ctx, func(tx *store.Tx) error { return tx.DropKeptDialog(ctx, req.Kept) }); err != nil {
		return bot.Reply{}, fmt.Errorf("closing a kept dialog: %w", err)
	}
	return reply, nil
}

// saveKeptDraft keeps a report for its writer, and tells whether it did.
func (a *App) saveKeptDraft(ctx context.Context, req bot.Request) bool {
	account, err := a.Store.Account(ctx, req.Actor.Surface, req.Actor.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		a.Log.WarnContext(ctx, "looking up the writer of a draft", "error", err)
	}
	return a.saveDraft(ctx, req, account)
}
