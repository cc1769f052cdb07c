package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// once runs do in a transaction, the first time that a request with the key comes. What is repeated changes nothing.
func (a *App) once(ctx context.Context, key string, do func(tx *store.Tx) error) error {
	return a.Store.InTx(ctx, func(tx *store.Tx) error {
		if fresh, _, err := tx.Claim(ctx, key, ""); err != nil || !fresh {
			return err
		}
		return do(tx)
	})
}

// errDone ends a transaction that has turned out to have nothing to do.
var errDone = errors.New("nothing to do")

// errClosed ends a transaction that would have changed a case that is closed.
var errClosed = errors.New("the case is closed")

// apply changes a case as it is now, and returns what the audit event says: errDone when the case already is as wanted, errClosed when
// somebody has closed it.
type apply func(tx *store.Tx, actor store.Account, c *store.Incident) (detail map[string]any, err error)

// follow are the deliveries that a change makes, beside new drawings of the card; nil: none.
type follow func(tx *store.Tx, c store.Incident) ([]store.Delivery, error)

// change is one change of a case: claimed, applied to the incident as it is now, audited, and followed by new drawings of
// every copy of the card, all in one transaction. The error is errClosed when apply found that the case is closed.
func (a *App) change(ctx context.Context, req bot.Request, incident store.Incident, action string, apply apply, follow follow) error {
	return a.changeAll(ctx, req, incident, nil, action, apply, follow)
}

// changeGroup is change for a case and for those that are handled under it, as far as the person may do the same with each of them. Those
// that already are as wanted, or closed, are passed over.
func (a *App) changeGroup(
	ctx context.Context, req bot.Request, incident store.Incident, may policy.Action, action string, apply apply, follow follow,
) error {
	members, err := a.Store.Members(ctx, incident.ID)
	if err != nil {
		return err
	}
	var ids []int64
	for _, m := range members {
		roles, err := a.rolesOn(ctx, req.Actor, m)
		if err != nil {
			return err
		}
		if policy.May(roles, may, facts(m)) {
			ids = append(ids, m.ID)
		}
	}
	return a.changeAll(ctx, req, incident, ids, action, apply, follow)
}

func (a *App) changeAll(
	ctx context.Context, req bot.Request, incident store.Incident, members []int64, action string, apply apply, follow follow,
) error {
	err := a.once(ctx, req.Key, func(tx *store.Tx) error {
		actor, err := a.ensureAccount(ctx, tx, req.Actor)
		if err != nil {
			return err
		}
		if err := a.changeOne(ctx, tx, req, actor, incident.ID, action, apply, follow); err != nil {
			return err
		}
		for _, id := range members {
			err := a.changeOne(ctx, tx, req, actor, id, action, apply, follow)
			if err != nil && !errors.Is(err, errDone) && !errors.Is(err, errClosed) {
				return err
			}
		}
		return nil
	})
	return outcomeOf("a case", action, err)
}

// outcomeOf is what a change that was tried comes to: nothing when there was nothing to do, errClosed as it is, and else what failed.
func outcomeOf(what, action string, err error) error {
	switch {
	case errors.Is(err, errDone):
		return nil
	case errors.Is(err, errClosed):
		return errClosed
	case err != nil:
		return fmt.Errorf("changing %s (%s): %w", what, action, err)
	}
	return nil
}

func (a *App) changeOne(
	ctx context.Context, tx *store.Tx, req bot.Request, actor store.Account, id int64, action string, apply apply, follow follow,
) error {
	var detail map[string]any
	changed, err := tx.UpdateIncident(ctx, id, func(old store.Incident) (store.Incident, error) {
		var err error
		detail, err = apply(tx, actor, &old)
		return old, err
	})
	if err != nil {
		return err
	}
	if err := a.redraw(ctx, tx, changed); err != nil {
		return err
	}
	if err := a.closeRoomAfter(ctx, tx, changed); err != nil {
		return err
	}
	if follow != nil {
		deliveries, err := follow(tx, changed)
		if err != nil {
			return err
		}
		if err := a.post(ctx, tx, deliveries); err != nil {
			return err
		}
	}
	return a.audit(ctx, tx, actorOf(req.Actor, action), action, changed.Number, detail)
}

// ended is the reply to a dialog whose change has been tried: nothing when it is made, and at the field what to know when the case was
// closed meanwhile, so that what was typed stays before the person.
func (a *App) ended(lang, field string, err error) (bot.Reply, error) {
	if errors.Is(err, errClosed) {
		return bot.Reply{Errors: map[string]string{field: a.Texts.T(lang, "problem.closed")}}, nil
	}
	return bot.Reply{}, err
}

// audit appends an event. detail holds coded values only, old and new; never a text from a report, because the chain
// cannot be anonymised later.
func (a *App) audit(ctx context.Context, tx *store.Tx, actor, action, subject string, detail map[string]any) error {
	encoded, err := json.Marshal(detail)
	if err != nil {
		return fmt.Errorf("encoding an audit event: %w", err)
	}
	return tx.Append(ctx, store.Event{Actor: actor, Action: action, Subject: subject, Detail: string(encoded)})
}

// post puts deliveries in the outbox, with jobs for those whose turn it is and any other jobs given.
func (a *App) post(ctx context.Context, tx *store.Tx, deliveries []store.Delivery, jobs ...Job) error {
	heads, err := tx.AddDeliveries(ctx, deliveries)
	if err != nil {
		return err
	}
	for _, id := range heads {
		jobs = append(jobs, Job{Kind: DeliverJob, ID: id, Urgent: true})
	}
	if len(jobs) == 0 {
		return nil
	}
	return a.Enqueue(ctx, tx, jobs...)
}

// redraw has every copy of an incident's card brought up to date.
func (a *App) redraw(ctx context.Context, tx *store.Tx, incident store.Incident) error {
	targets, err := tx.CardTargets(ctx, incident.ID)
	if err != nil {
		return err
	}
	return a.post(ctx, tx, targets)
}

// touch has every copy of an incident's card brought up to date because something has changed that stands there beside the incident.
func (a *App) touch(ctx context.Context, tx *store.Tx, incidentID int64) (store.Incident, error) {
	incident, err := tx.UpdateIncident(ctx, incidentID, func(old store.Incident) (store.Incident, error) { return old, nil })
	if err != nil {
		return store.Incident{}, err
	}
	return incident, a.redraw(ctx, tx, incident)
}
