package handlers

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// keepDraft keeps what is typed so far for its writer, and redraws the dialog's conditional questions.
func (a *App) keepDraft(ctx context.Context, req bot.Request) (bot.Reply, error) {
	var reply bot.Reply
	account, err := a.Store.Account(ctx, req.Actor.Surface, req.Actor.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		a.Log.WarnContext(ctx, "looking up the writer of a draft", "error", err)
	}
	if req.Kind == bot.Change {
		reply.Dialog = a.reportDialog(a.languageWith(req.Actor, account))
		reply.Dialog.Values = req.Values
	}
	if len(req.Values) > 0 {
		a.saveDraft(ctx, req, account)
	}
	return reply, nil
}

// redrawDialog draws a dialog other than the report again when an answer has changed which questions show. It is asked for as its button
// does, so that the person must still be one who may open it.
func (a *App) redrawDialog(ctx context.Context, req bot.Request) (bot.Reply, error) {
	if req.Kind != bot.Change {
		return bot.Reply{}, nil
	}
	opener := req
	opener.Kind, opener.Key = bot.Press, req.Key+":redraw"
	reply, err := a.press(ctx, opener)
	if err != nil || reply.Dialog == nil {
		return bot.Reply{}, err
	}
	reply.Dialog.Values = req.Values
	return reply, nil
}

// saveDraft keeps the answers for their writer, whose account is known or zero, and tells whether it did. A report that is going
// to be sent without a name leaves no draft behind, and neither does one that may concern Sweden's security.
func (a *App) saveDraft(ctx context.Context, req bot.Request, account store.Account) (saved bool) {
	err := a.Store.InTx(ctx, func(tx *store.Tx) error {
		if anonymously(req.Values) || req.Values.Get(fieldStop) == string(policy.Yes) {
			if account.ID == 0 {
				return nil
			}
			return tx.ForgetDraft(ctx, account.ID, ReportDialog)
		}
		if strings.TrimSpace(req.Values.Get(fieldText)) == "" {
			return nil
		}
		account, err := a.ensureAccount(ctx, tx, req.Actor)
		if err != nil {
			return err
		}
		saved = true
		return tx.SaveDraft(ctx, store.Draft{AccountID: account.ID, Dialog: ReportDialog, Values: maskedValues(req.Values), SavedAt: req.At})
	})
	if err != nil {
		// The dialog itself still holds everything; only the safety net is missing.
		a.Log.WarnContext(ctx, "keeping a draft", "error", err)
	}
	if account.ID != 0 && anonymously(req.Values) {
		a.forgetWriter(ctx, account.ID)
	}
	return saved && err == nil
}

// noteDraft says above a report that it began as a draft, when its answers say so.
func (a *App) noteDraft(lang string, dialog *bot.Dialog, v bot.Values) {
	savedAt := v.Time(fieldDraft)
	if savedAt.IsZero() {
		return
	}
	dialog.Fields = slices.Insert(dialog.Fields, 0, bot.Field{
		ID: fieldDraft, Kind: bot.Note,
		Label: a.Texts.T(lang, "report.draft", locale.Data{"Time": locale.Time(savedAt, a.Settings.Location)}),
	})
}

// dropDraft drops the draft of a report that was sent, and of a nameless one every trace: drafter is then whose it may be.
func (a *App) dropDraft(ctx context.Context, tx *store.Tx, reporter *int64, drafter int64) error {
	if reporter != nil {
		return tx.DeleteDraft(ctx, *reporter, ReportDialog)
	}
	if drafter != 0 {
		return tx.ForgetDraft(ctx, drafter, ReportDialog)
	}
	return nil
}

// forgetWriter drops the account of who typed a report before they chose to be nameless, when typing is all it was made for: an
// account that has done nothing else would tell who it was. It is no part of the report's transaction, which must not fail for it.
func (a *App) forgetWriter(ctx context.Context, id int64) {
	if err := a.Store.InTx(ctx, func(tx *store.Tx) error { return tx.ForgetAccount(ctx, id) }); err != nil {
		a.Log.WarnContext(ctx, "forgetting the writer of a nameless report", "error", err)
	}
}

// maskedValues are answers without the personal identity numbers in them. A time has none, and may look like one.
func maskedValues(v bot.Values) bot.Values {
	masked := make(bot.Values, len(v))
	for field, answers := range v {
		masked[field] = make([]string, len(answers))
		for i, answer := range answers {
			if _, err := time.Parse(time.RFC3339, answer); err != nil {
				answer, _ = policy.MaskPersonalNumbers(answer)
			}
			masked[field][i] = answer
		}
	}
	return masked
}
