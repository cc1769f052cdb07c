package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// rolesOf are the roles a person holds, by the account itself or by the e-mail address the surface gave for it.
func (a *App) rolesOf(ctx context.Context, who bot.Actor) ([]policy.Role, error) {
	email := ""
	account, err := a.Store.Account(ctx, who.Surface, who.ID)
	switch {
	case err == nil:
		email = account.Email
	case !errors.Is(err, store.ErrNotFound):
		return nil, fmt.Errorf("looking up an account's roles: %w", err)
	}
	var roles []policy.Role
	for _, role := range policy.Roles() {
		if slices.ContainsFunc(a.Settings.Roles[role], func(h Holder) bool { return h.is(who, email) }) {
			roles = append(roles, role)
		}
	}
	return roles, nil
}

// facts are what of a case decides who may do what with it.
func facts(c store.Incident) policy.Case {
	return policy.Case{Stop: c.StopQuestion, Category: c.Category, PersonalData: c.PersonalData}
}

func (h Holder) is(who bot.Actor, email string) bool {
	return h.Accounts[who.Surface] == who.ID && who.ID != "" || email != "" && strings.EqualFold(h.Email, email)
}

// caseFor is the incident that a request concerns, when the person may do what they ask for. Otherwise denied is the
// friendly answer to give, and a refusal for lack of role is in the audit chain.
func (a *App) caseFor(ctx context.Context, req bot.Request, action policy.Action) (
	incident store.Incident, lang string, denied *bot.Reply, err error,
) {
	lang = a.language(ctx, req.Actor)
	incident, err = a.Store.Incident(ctx, req.Subject)
	if errors.Is(err, store.ErrNotFound) {
		reply := a.private(lang, "stale_button")
		return incident, lang, &reply, nil
	}
	if err != nil {
		return incident, lang, nil, fmt.Errorf("looking up the incident of a request: %w", err)
	}
	roles, err := a.rolesOf(ctx, req.Actor)
	if err != nil {
		return incident, lang, nil, err
	}
	if policy.May(roles, action, facts(incident)) {
		return incident, lang, nil, nil
	}
	denied, err = a.refuse(ctx, req, lang, string(action), incident.Number)
	return incident, lang, denied, err
}

// refuse records that somebody may not do what they ask for, once, and is what they are answered.
func (a *App) refuse(ctx context.Context, req bot.Request, lang, action, subject string) (*bot.Reply, error) {
	err := a.Store.InTx(ctx, func(tx *store.Tx) error {
		if fresh, _, err := tx.Claim(ctx, req.Key+":refused", ""); err != nil || !fresh {
			return err
		}
		return a.audit(ctx, tx, actorName(req.Actor), "access.refused", subject, map[string]any{"action": action})
	})
	if err != nil {
		return nil, fmt.Errorf("recording a refusal: %w", err)
	}
	a.Metrics.refusals.WithLabelValues(action).Inc()
	reply := a.private(lang, "refused")
	return &reply, nil
}
