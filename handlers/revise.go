package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// The buttons on the card of a revision. A dialog that one opens has its id.
const (
	reviseStartButton     = "revise_start"
	reviseRevisedButton   = "revise_revised"
	reviseUnchangedButton = "revise_unchanged"
	revisePostponeButton  = "revise_postpone"
	reviseBasisButton     = "revise_basis"
)

// revisionButtonActions are what each button does.
var revisionButtonActions = map[string]policy.RevisionAction{
	reviseStartButton: policy.StartRevision, reviseRevisedButton: policy.DecideRevision, reviseUnchangedButton: policy.DecideRevision,
	revisePostponeButton: policy.PostponeRevision, reviseBasisButton: policy.SeeRevision,
}

// Field ids of the dialogs.
const (
	fieldEdition  = "edition"
	fieldDecided  = "decided"
	fieldLink     = "link"
	fieldApproved = "approved"
)

// Lengths of what is written about a revision, in characters.
const (
	maxEdition = 50
	maxName    = 100
	maxLink    = 500
)

// revisionFor is the revision that a request concerns, when the person may do what its button does. Otherwise denied is the friendly answer
// to give, and a refusal for lack of role is in the audit chain.
func (a *App) revisionFor(ctx context.Context, req bot.Request) (r store.Revision, lang string, denied *bot.Reply, err error) {
	lang = a.language(ctx, req.Actor)
	r, err = a.Store.Revision(ctx, req.Subject)
	if errors.Is(err, store.ErrNotFound) {
		reply := a.private(lang, "stale_button")
		return r, lang, &reply, nil
	}
	if err != nil {
		return r, lang, nil, fmt.Errorf("looking up the revision of a request: %w", err)
	}
	roles, err := a.rolesOf(ctx, req.Actor)
	if err != nil {
		return r, lang, nil, err
	}
	action := revisionButtonActions[req.Name]
	if !policy.MayRevise(roles, action, r.Owner) {
		denied, err = a.refuse(ctx, req, lang, revisionSubject(r), string(action))
		return r, lang, denied, err
	}
	if r.State.Ended() && action != policy.SeeRevision {
		reply := a.private(lang, "revision.already", locale.Data{"Title": r.Title, "Year": r.Year})
		denied = &reply
	}
	return r, lang, denied, nil
}

// startRevision notes who has begun the work.
func (a *App) startRevision(ctx context.Context, req bot.Request) (bot.Reply, error) {
	r, _, denied, err := a.revisionFor(ctx, req)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	return bot.Reply{}, a.changeRevision(ctx, req, r, "revision.started",
		func(tx *store.Tx, actor store.Account, r *store.Revision) (map[string]any, error) {
			if r.StartedAt != nil {
				return nil, errDone
			}
			r.StartedAt, r.StartedBy = &tx.Now, &actor.ID
			if r.State == store.RevisionOpen {
				r.State = store.RevisionStarted
			}
			return map[string]any{"state": r.State}, nil
		})
}

// openRevise opens the dialog of a button on a revision's card.
func (a *App) openRevise(ctx context.Context, req bot.Request) (bot.Reply, error) {
	r, lang, denied, err := a.revisionFor(ctx, req)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	return bot.Reply{Dialog: a.reviseDialog(lang, req.Name, r)}, nil
}

func (a *App) reviseDialog(lang, button string, r store.Revision) *bot.Dialog {
	t := func(key string) string { return a.Texts.T(lang, key) }
	dialog := &bot.Dialog{
		ID: button, Subject: r.Ref, Title: t("revise.title"), Submit: t("button.save"), Cancel: t("button.cancel"),
	}
	reason := bot.Field{ID: fieldReason, Kind: bot.LongText, Required: true, Min: 3, Max: maxNote, Label: t("revise.reason")}
	switch button {
	case reviseRevisedButton:
		dialog.Fields = []bot.Field{
			{ID: fieldEdition, Kind: bot.Text, Required: true, Max: maxEdition, Label: t("revise.edition"), Help: t("revise.edition.help")},
			{ID: fieldDecided, Kind: bot.DateTime, Required: true, NotFuture: true, Label: t("revise.decided")},
			{ID: fieldReference, Kind: bot.Text, Required: true, Max: maxReference, Label: t("revise.reference"), Help: t("revise.reference.help")},
			{ID: fieldLink, Kind: bot.Text, Max: maxLink, Label: t("revise.link"), Help: t("revise.link.help")},
		}
	case reviseUnchangedButton:
		reason.Help = t("revise.unchanged.help")
		dialog.Fields = []bot.Field{reason}
	case revisePostponeButton:
		reason.Help = t("revise.postpone.help")
		dialog.Fields = []bot.Field{
			{ID: fieldUntil, Kind: bot.DateTime, Required: true, Label: t("revise.until")}, reason,
			{ID: fieldApproved, Kind: bot.Text, Required: true, Min: 2, Max: maxName, Label: t("revise.approved"), Help: t("revise.approved.help")},
		}
	}
	return dialog
}

// revise keeps what was decided about a revision.
func (a *App) revise(ctx context.Context, req bot.Request) (bot.Reply, error) {
	r, lang, denied, err := a.revisionFor(ctx, req)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	now := a.Store.Now()
	if found := a.reviseDialog(lang, req.Name, r).Check(req.Values, 0, now); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	text := func(field string) string {
		masked, _ := policy.MaskPersonalNumbers(strings.TrimSpace(req.Values.Get(field)))
		return masked
	}
	day := func(field string) string { return req.Values.Time(field).In(a.Settings.Location).Format(time.DateOnly) }
	var apply func(r *store.Revision) map[string]any
	action := ""
	switch req.Name {
	case reviseRevisedButton:
		link := strings.TrimSpace(req.Values.Get(fieldLink))
		if link != "" && !isLink(link) {
			return bot.Reply{Errors: map[string]string{fieldLink: a.Texts.T(lang, "problem.link")}}, nil
		}
		action = "revision.revised"
		apply = func(r *store.Revision) map[string]any {
			r.State, r.Edition, r.DecidedOn = store.RevisionRevised, text(fieldEdition), day(fieldDecided)
			r.Reference, r.Link = text(fieldReference), link
			return map[string]any{"decided": r.DecidedOn, "edition_sha256": digest(r.Edition), "reference_sha256": digest(r.Reference)}
		}
	case reviseUnchangedButton:
		action = "revision.unchanged"
		apply = func(r *store.Revision) map[string]any {
			r.State, r.Reason, r.DecidedOn = store.RevisionUnchanged, text(fieldReason), now.In(a.Settings.Location).Format(time.DateOnly)
			return map[string]any{"decided": r.DecidedOn, "reason_sha256": digest(r.Reason)}
		}
	case revisePostponeButton:
		if until := day(fieldUntil); until <= now.In(a.Settings.Location).Format(time.DateOnly) {
			return bot.Reply{Errors: map[string]string{fieldUntil: a.Texts.T(lang, "problem.not_later")}}, nil
		}
		action = "revision.postponed"
		apply = func(r *store.Revision) map[string]any {
			detail := map[string]any{"old": r.DueOn, "new": day(fieldUntil)}
			r.State, r.DueOn, r.PostponedWhy, r.ApprovedBy = store.RevisionPostponed, day(fieldUntil), text(fieldReason), text(fieldApproved)
			detail["reason_sha256"], detail["approved_sha256"] = digest(r.PostponedWhy), digest(r.ApprovedBy)
			return detail
		}
	}
	return bot.Reply{}, a.changeRevision(ctx, req, r, action,
		func(tx *store.Tx, actor store.Account, r *store.Revision) (map[string]any, error) {
			detail := apply(r)
			if r.State.Ended() {
				r.EndedAt, r.EndedBy = &tx.Now, &actor.ID
			}
			return detail, nil
		})
}

// isLink tells whether a text is the whole address of a page.
func isLink(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// changeRevision is one change of a revision: claimed, applied to it as it is now, audited, and followed by its reminders and by new
// drawings of every copy of its card, all in one transaction. apply returns what the audit event says, or errDone when it already is as
// wanted.
func (a *App) changeRevision(ctx context.Context, req bot.Request, r store.Revision, action string,
	apply func(tx *store.Tx, actor store.Account, r *store.Revision) (detail map[string]any, err error),
) error {
	err := a.once(ctx, req.Key, func(tx *store.Tx) error {
		actor, err := a.ensureAccount(ctx, tx, req.Actor)
		if err != nil {
			return err
		}
		var detail map[string]any
		changed, err := tx.UpdateRevision(ctx, r.ID, func(old store.Revision) (store.Revision, error) {
			if old.State.Ended() { // meanwhile, by somebody else: the first decision counts
				return old, errDone
			}
			var err error
			detail, err = apply(tx, actor, &old)
			return old, err
		})
		if err != nil {
			return err
		}
		if changed.State.Ended() {
			_, err = tx.Supersede(ctx, changed.Clock())
		} else {
			err = a.planRevision(ctx, tx, changed, false)
		}
		if err != nil {
			return err
		}
		if err := a.redrawRevision(ctx, tx, changed); err != nil {
			return err
		}
		return a.audit(ctx, tx, actorName(req.Actor), action, revisionSubject(changed), detail)
	})
	return outcomeOf("a revision", action, err)
}

// showBasis shows the suggestions that were collected for a revision, to those who may see them.
func (a *App) showBasis(ctx context.Context, req bot.Request) (bot.Reply, error) {
	r, lang, denied, err := a.revisionFor(ctx, req)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	view, err := a.revisionViewOf(ctx, r)
	if err != nil {
		return bot.Reply{}, err
	}
	suggestions, err := a.Store.Improvements(ctx, view.Since, mostSuggestions)
	if err != nil {
		return bot.Reply{}, err
	}
	since := view.Since.In(a.Settings.Location).Format(time.DateOnly)
	m := &bot.Message{Summary: a.Texts.T(lang, "basis.heading"), Blocks: []bot.Block{
		bot.Heading(a.Texts.T(lang, "revision.happened", locale.Data{"Since": since})), a.happenedFacts(lang, view),
		bot.Heading(a.Texts.T(lang, "basis.heading")),
	}}
	for _, s := range suggestions {
		m.Blocks = append(m.Blocks, bot.Small(locale.Time(s.At, a.Settings.Location)), bot.Quote(s.Text))
	}
	switch {
	case len(suggestions) == 0:
		m.Blocks = append(m.Blocks, bot.Paragraph(a.Texts.T(lang, "basis.none")))
	case view.Happened.Suggestions > len(suggestions):
		m.Blocks = append(m.Blocks, bot.Small(a.Texts.T(lang, "basis.more", locale.Data{
			"Shown": len(suggestions), "All": view.Happened.Suggestions,
		})))
	}
	err = a.once(ctx, req.Key, func(tx *store.Tx) error {
		return a.audit(ctx, tx, actorName(req.Actor), "revision.basis_shown", revisionSubject(r), map[string]any{"suggestions": len(suggestions)})
	})
	if err != nil {
		return bot.Reply{}, fmt.Errorf("recording what was shown: %w", err)
	}
	return bot.Reply{Message: m}, nil
}
