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

// Authority is whom a notification goes to.
type Authority string

// The authorities.
const (
	IMY   Authority = "imy"   // Integritetsskyddsmyndigheten: GDPR articles 33 and 34
	CSIRT Authority = "csirt" // the CSIRT unit: cybersäkerhetslagen chapter 2
)

// NotificationFormat is the form of a draft, and the ending of its file's name.
type NotificationFormat string

// The formats: one to hand over, and one to paste into the authority's form.
const (
	PDF      NotificationFormat = "pdf"
	Markdown NotificationFormat = "md"
)

// Notification is what a draft of a notification is made of. Authorities are written to in Swedish.
type Notification struct {
	Authority   Authority
	Format      NotificationFormat
	Incident    store.Incident
	System      *store.System // nil: not in the inventory
	Decisions   []store.Decision
	Obligations []store.Obligation
	Affected    store.Affected // zero: nobody has said
	Measures    []store.Measure
}

// notificationDelivery begins the kinds of delivery that hand over a draft; authority and format follow.
const notificationDelivery = "draft_"

// authorities are those that have something to do with a case's duties.
func authorities(obligations []store.Obligation) (all []Authority) {
	for prefix, authority := range map[string]Authority{"gdpr-33": IMY, "cyber-": CSIRT} {
		if slices.ContainsFunc(obligations, func(o store.Obligation) bool { return strings.HasPrefix(o.Step, prefix) }) {
			all = append(all, authority)
		}
	}
	slices.Sort(all)
	return all
}

// sendDrafts hands the drafts of a case's notifications to who works it, as direct messages. A draft holds the reporter's words: who gets
// one must be allowed to read them.
func (a *App) sendDrafts(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.ShowText)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	obligations, err := a.Store.Obligations(ctx, incident.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	recipients := authorities(obligations)
	if len(recipients) == 0 {
		return a.private(lang, "obligation.none", locale.Data{"Number": incident.Number}), nil
	}
	err = a.once(ctx, req.Key, func(tx *store.Tx) error {
		var deliveries []store.Delivery
		for _, authority := range recipients {
			for _, format := range []NotificationFormat{PDF, Markdown} {
				deliveries = append(deliveries, personal(req.Actor, fmt.Sprintf("%s%s_%s", notificationDelivery, authority, format), &incident.ID))
			}
		}
		if err := a.post(ctx, tx, deliveries); err != nil {
			return err
		}
		return a.audit(ctx, tx, actorName(req.Actor), "incident.drafts_sent", incident.Number, map[string]any{"authorities": recipients})
	})
	if err != nil {
		return bot.Reply{}, fmt.Errorf("handing on drafts: %w", err)
	}
	return a.private(lang, "drafts_sent"), nil
}

// sendDraft makes a draft from the register as it is now, and hands it on, unless its recipient no longer may have it.
func (a *App) sendDraft(ctx context.Context, surface bot.Surface, to bot.Address, d store.Delivery) error {
	incident, err := a.readable(ctx, to, d)
	if err != nil {
		return err
	}
	authority, format, _ := strings.Cut(strings.TrimPrefix(d.Kind, notificationDelivery), "_")
	n := Notification{Authority: Authority(authority), Format: NotificationFormat(format), Incident: incident}
	if incident.SystemID != nil {
		system, err := a.Store.SystemByID(ctx, *incident.SystemID)
		if err != nil {
			return fmt.Errorf("reading the system of a draft: %w", err)
		}
		n.System = &system
	}
	if n.Decisions, err = a.Store.Decisions(ctx, incident.ID); err != nil {
		return fmt.Errorf("reading the decisions of a draft: %w", err)
	}
	if n.Obligations, err = a.Store.Obligations(ctx, incident.ID); err != nil {
		return fmt.Errorf("reading the obligations of a draft: %w", err)
	}
	if n.Affected, err = a.Store.Affected(ctx, incident.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("reading whom the case of a draft affected: %w", err)
	}
	if n.Measures, err = a.Store.Measures(ctx, incident.ID); err != nil {
		return fmt.Errorf("reading the measures of a draft: %w", err)
	}
	content, err := a.Draft(n)
	if err != nil {
		return fmt.Errorf("making a draft: %w", err)
	}
	return surface.SendFile(ctx, to, fmt.Sprintf("%s %s.%s", incident.Number, authority, format), "", content)
}

// readable is the incident of a delivery that holds the reporter's words; errPointless when its recipient may no longer read them.
func (a *App) readable(ctx context.Context, to bot.Address, d store.Delivery) (store.Incident, error) {
	incident, err := a.Store.IncidentByID(ctx, *d.IncidentID)
	if err != nil {
		return store.Incident{}, fmt.Errorf("reading the incident of a file: %w", err)
	}
	roles, err := a.rolesOn(ctx, bot.Actor{Surface: to.Surface, ID: to.User}, incident)
	if err != nil {
		return store.Incident{}, err
	}
	if !policy.May(roles, policy.ShowText, facts(incident)) {
		return store.Incident{}, errPointless
	}
	return incident, nil
}
