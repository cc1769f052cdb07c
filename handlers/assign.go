package handlers

import (
	"context"
	"slices"
	"strings"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

const fieldAssignee = "assignee"

// assignedDelivery is the kind of the letter to who has been given a case.
const assignedDelivery = "assigned"

// worker is a role holder who can have a case in hand.
type worker struct {
	Holder
	roles []policy.Role
}

// key is how the register knows a holder: by e-mail address, else by an account.
func (h Holder) key(surfaces []string) string {
	if h.Email != "" {
		return h.Email
	}
	for _, surface := range surfaces {
		if id := h.Accounts[surface]; id != "" {
			return surface + ":" + id
		}
	}
	return ""
}

// workers are all role holders, each once, in the order of the roles.
func (a *App) workers() (all []worker) {
	for _, role := range policy.Roles() {
		for _, h := range a.Settings.Roles[role] {
			key := h.key(a.Settings.Surfaces)
			i := slices.IndexFunc(all, func(w worker) bool { return w.key(a.Settings.Surfaces) == key })
			if i < 0 {
				all = append(all, worker{Holder: h})
				i = len(all) - 1
			}
			all[i].roles = append(all[i].roles, role)
		}
	}
	return all
}

// worker is the role holder with a key; ok is false when nobody has it any longer.
func (a *App) worker(key string) (w worker, ok bool) {
	all := a.workers()
	i := slices.IndexFunc(all, func(w worker) bool { return w.key(a.Settings.Surfaces) == key })
	if i < 0 || key == "" {
		return worker{}, false
	}
	return all[i], true
}

// workerName is what a role holder is called: by their account or the staff list where they are known, else by what the settings say.
func (a *App) workerName(ctx context.Context, w worker) string {
	for _, surface := range a.Settings.Surfaces {
		account, err := a.Store.Account(ctx, surface, w.Accounts[surface])
		if err != nil && w.Email != "" {
			account, err = a.Store.AccountByEmail(ctx, surface, w.Email)
		}
		if err == nil && account.Name != "" {
			return account.Name
		}
	}
	if person, err := a.Store.PersonByEmail(ctx, w.Email); err == nil {
		return person.Name
	}
	return w.key(a.Settings.Surfaces)
}

// openAssign opens the dialog where a case is given to somebody.
func (a *App) openAssign(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.Assign)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	return bot.Reply{Dialog: a.assignDialog(ctx, lang, incident)}, nil
}

// maxWorkers is how many role holders the dialog offers: as many as every platform's menus take.
const maxWorkers = 25

func (a *App) assignDialog(ctx context.Context, lang string, incident store.Incident) *bot.Dialog {
	t := func(key string) string { return a.Texts.T(lang, key) }
	var people []bot.Option
	for _, w := range a.workers() {
		names := make([]string, len(w.roles))
		for i, role := range w.roles {
			names[i] = t("role." + string(role))
		}
		people = append(people, bot.Option{
			Value: w.key(a.Settings.Surfaces), Label: a.workerName(ctx, w), Help: strings.Join(names, ", "),
		})
	}
	return &bot.Dialog{
		ID: assignButton, Subject: incident.Ref, Title: incident.Number, Submit: t("button.save"), Cancel: t("button.cancel"),
		Fields: []bot.Field{{
			ID: fieldAssignee, Kind: bot.Choice, Required: true, Label: t("assign.who"), Help: t("assign.who.help"),
			Options: people[:min(len(people), maxWorkers)],
		}},
		Values: bot.Values{fieldAssignee: {incident.Assignee}},
	}
}

// assign gives a case to a role holder, who is told, and who may from then on see it. A new case is taken thereby.
func (a *App) assign(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.Assign)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	if found := a.assignDialog(ctx, lang, incident).Check(req.Values, 0, a.Store.Now()); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	chosen, _ := a.worker(req.Values.Get(fieldAssignee)) // Check has seen that it is one
	key := chosen.key(a.Settings.Surfaces)
	email, err := a.emailOf(ctx, req.Actor)
	if err != nil {
		return bot.Reply{}, err
	}
	before := incident
	err = a.change(ctx, req, incident, "incident.assigned",
		func(tx *store.Tx, actor store.Account, c *store.Incident) (map[string]any, error) {
			before = *c
			switch {
			case c.Status == store.Closed:
				return nil, errClosed
			case c.Assignee == key:
				return nil, errDone
			case c.Status == store.New:
				if err := a.take(ctx, tx, actor, c); err != nil {
					return nil, err
				}
			}
			detail := map[string]any{"old_roles": a.rolesNamed(c.Assignee), "new_roles": chosen.roles}
			c.Assignee = key
			if !policy.May(chosen.roles, policy.SeeCard, facts(*c)) {
				c.Involved = append(c.Involved, chosen.roles[0])
			}
			return detail, nil
		},
		func(tx *store.Tx, c store.Incident) ([]store.Delivery, error) {
			deliveries, err := a.newlyConcerned(ctx, tx, before, c)
			if err != nil {
				return nil, err
			}
			if before.Status == store.New {
				news, err := a.taken(ctx)(tx, c)
				if err != nil {
					return nil, err
				}
				deliveries = addLanes(deliveries, news)
			}
			if !chosen.is(req.Actor, email) {
				deliveries = append(deliveries, a.toHolders([]Holder{chosen.Holder}, assignedDelivery, &c.ID)...)
			}
			return deliveries, nil
		})
	return a.ended(lang, fieldAssignee, err)
}

// rolesNamed are the roles of who has a key, for the audit chain, which names people by what they are.
func (a *App) rolesNamed(key string) []policy.Role {
	w, _ := a.worker(key)
	return w.roles
}

// assignedLetter tells somebody that a case is theirs.
func (a *App) assignedLetter(lang string, c store.Incident) bot.Message {
	text := a.Texts.T(lang, "assigned", locale.Data{"Number": c.Number})
	return bot.Message{Summary: text, Blocks: []bot.Block{
		bot.Paragraph(text), bot.Small(a.Texts.T(lang, "case.see", locale.Data{"Number": c.Number})),
	}}
}
