package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/store"
)

// errDone ends a transaction that has turned out to have nothing to do.
var errDone = errors.New("nothing to do")

// change is one change of a case: claimed, applied to the incident as it is now, audited, and followed by new drawings of
// every copy of the card, all in one transaction. apply returns what the audit event says, or errDone when the case
// already is as wanted. Further deliveries, to the reporter for instance, are made by follow, which may be nil.
func (a *App) change(ctx context.Context, req bot.Request, incident store.Incident, action string,
	apply func(tx *store.Tx, actor store.Account, c *store.Incident) (detail map[string]any, err error),
	follow func(tx *store.Tx, c store.Incident) ([]store.Delivery, error),
) error {
	err := a.Store.InTx(ctx, func(tx *store.Tx) error {
		fresh, _, err := tx.Claim(ctx, req.Key, "")
		if err != nil {
			return err
		}
		if !fresh {
			return errDone
		}
		actor, err := a.ensureAccount(ctx, tx, req.Actor)
		if err != nil {
			return err
		}
		var detail map[string]any
		changed, err := tx.UpdateIncident(ctx, incident.ID, func(old store.Incident) (store.Incident, error) {
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
		return a.audit(ctx, tx, actorName(req.Actor), action, changed.Number, detail)
	})
	if errors.Is(err, errDone) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("changing a case (%s): %w", action, err)
	}
	return nil
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
