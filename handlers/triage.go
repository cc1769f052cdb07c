package handlers

import (
	"context"
	"errors"
	"slices"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// Kinds of delivery: what is drawn when its turn comes.
const (
	cardDelivery         = "card"         // the incident's card in this lane, posted or brought up to date
	receiptDelivery      = "receipt"      // the receipt as direct message
	acknowledgedDelivery = "acknowledged" // to the reporter
	noteDelivery         = "note"         // to the reporter: a message from the CISO
	closedDelivery       = "closed"       // to the reporter
	attachmentDelivery   = "attachment"   // to who works the case: a file that came with the report
	undeliveredDelivery  = "undelivered"  // to the CISO: a message could not be delivered
)

// triageDeliveries are the cards of a new incident: to the triage channels, unless it touches Sweden's security, to those who are told at
// once, and to those whom it concerns.
func (a *App) triageDeliveries(ctx context.Context, r roster, incident store.Incident) ([]store.Delivery, error) {
	var deliveries []store.Delivery
	if !incident.StopQuestion {
		for _, channel := range a.Settings.Triage {
			deliveries = append(deliveries, store.Delivery{
				Lane: channel.Address.String(), Surface: channel.Address.Surface, Channel: channel.Address.Channel,
				Kind: cardDelivery, IncidentID: &incident.ID, Urgent: true,
			})
		}
	}
	deliveries = append(deliveries, a.toHolders(r.atOnce(incident), cardDelivery, &incident.ID)...)
	concerned, err := a.toRoles(ctx, r, facts(incident).Concerned(), cardDelivery, incident)
	return addLanes(deliveries, concerned), err
}

// toHolders addresses role holders about an incident, nil for none, each once, on every surface in use: by the account that the
// configuration names, else by e-mail, so that an account that is linked or found by it is reached too. Where there is none, the message is
// skipped: see reachedElsewhere.
func (a *App) toHolders(holders []Holder, kind string, incidentID *int64) []store.Delivery {
	var deliveries []store.Delivery
	add := func(d store.Delivery) { deliveries = addLanes(deliveries, []store.Delivery{d}) }
	for _, h := range holders {
		for _, surface := range a.Settings.Surfaces {
			if id := h.Accounts[surface]; id != "" {
				add(personal(bot.Actor{Surface: surface, ID: id}, kind, incidentID))
			} else if h.Email != "" {
				add(store.Delivery{
					Lane: surface + ":email:" + h.Email, Surface: surface, Email: h.Email,
					Kind: kind, IncidentID: incidentID, Urgent: true,
				})
			}
		}
	}
	return deliveries
}

// toRoles addresses those who are told what concerns any of the roles in a case, each once.
func (a *App) toRoles(ctx context.Context, r roster, roles []policy.Role, kind string, c store.Incident) ([]store.Delivery, error) {
	var all []store.Delivery
	for _, role := range roles {
		holders := r.of(role)
		if slices.Contains(lineRoles, role) {
			var err error
			if holders, err = a.holdersOn(ctx, role, c); err != nil {
				return nil, err
			}
		}
		all = addLanes(all, a.toHolders(holders, kind, &c.ID))
	}
	return all, nil
}

// addLanes adds the deliveries that are not among them yet, of the same kind and in the same lane.
func addLanes(all, more []store.Delivery) []store.Delivery {
	for _, d := range more {
		if !slices.ContainsFunc(all, func(o store.Delivery) bool { return o.Lane == d.Lane && o.Kind == d.Kind }) {
			all = append(all, d)
		}
	}
	return all
}

// without are the roles that are not among others.
func without(roles, others []policy.Role) []policy.Role {
	return slices.DeleteFunc(slices.Clone(roles), func(r policy.Role) bool { return slices.Contains(others, r) })
}

// reachedElsewhere tells whether a role holder, whom the surface of a delivery does not find by their e-mail address, is reached on
// another one. When it is on none, one delivery must end as a dead letter, and only one: the one on the surface preferred.
func (a *App) reachedElsewhere(ctx context.Context, d store.Delivery) (bool, error) {
	for _, name := range a.Settings.Surfaces {
		if name == d.Surface {
			continue
		}
		if a.holderNamed(d.Email, name) {
			return true, nil
		}
		_, err := a.accountByEmail(ctx, name, d.Email)
		if refused, ok := errors.AsType[*bot.SendError](err); ok && refused.Permanent {
			continue
		}
		return err == nil, err
	}
	return d.Surface != a.Settings.Surfaces[0], nil
}

// holderNamed tells whether the configuration names the account on a surface of a holder with the e-mail address.
func (a *App) holderNamed(email, surface string) bool {
	for _, holders := range a.Settings.Roles {
		if slices.ContainsFunc(holders, func(h Holder) bool { return h.Email == email && h.Accounts[surface] != "" }) {
			return true
		}
	}
	return false
}

// personal is a direct message about an incident, nil for none.
func personal(to bot.Actor, kind string, incidentID *int64) store.Delivery {
	address := bot.Address{Surface: to.Surface, User: to.ID}
	return store.Delivery{
		Lane: address.String(), Surface: to.Surface, UserID: to.ID, Kind: kind, IncidentID: incidentID, Urgent: true,
	}
}
