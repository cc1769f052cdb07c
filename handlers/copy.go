package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/store"
)

// picture is what the copies of a card are to show.
type picture struct {
	version   int64
	copies    []store.Card // those that are posted
	withdrawn bool         // from this reader: a copy that they have is emptied, and none is posted
	// draw draws it, as a message that is posted now or as one that is brought up to date.
	draw func(posting bool) (bot.Message, error)
}

// bringUpToDate brings the copy in a delivery's lane up to date: it is edited where it stands, and posted where there is none. It returns
// the copy to remember; errPointless when there is nothing to do.
func (a *App) bringUpToDate(
	ctx context.Context, surface bot.Surface, to bot.Address, d store.Delivery, p picture,
) (*store.Card, error) {
	posted := slices.IndexFunc(p.copies, func(c store.Card) bool { return c.Lane == d.Lane })
	if posted < 0 && p.withdrawn || posted >= 0 && p.copies[posted].DrawnVersion >= p.version {
		return nil, errPointless
	}
	card := store.Card{RevisionID: d.RevisionID, Lane: d.Lane, Surface: d.Surface, DrawnVersion: p.version}
	if d.IncidentID != nil {
		card.IncidentID = *d.IncidentID
	}
	if posted >= 0 {
		old := p.copies[posted]
		card.ID, card.Channel, card.MessageID = old.ID, old.Channel, old.MessageID
		now, err := p.draw(false)
		if err != nil {
			return nil, err
		}
		err = surface.Edit(ctx, bot.Ref{Surface: old.Surface, Channel: old.Channel, ID: old.MessageID}, now)
		var refused *bot.SendError
		if !errors.As(err, &refused) || !refused.Permanent {
			return &card, err
		}
		if p.withdrawn {
			return nil, errPointless
		}
		// The copy is gone. A case must not become invisible because somebody tidied up: post it anew.
		if err := a.Store.InTx(ctx, func(tx *store.Tx) error { return tx.LoseCard(ctx, old.ID) }); err != nil {
			return nil, fmt.Errorf("forgetting a lost card: %w", err)
		}
		card.ID = 0
	}
	drawn, err := p.draw(true)
	if err != nil {
		return nil, err
	}
	ref, err := surface.Send(ctx, to, drawn, fmt.Sprintf("delivery-%d", d.ID), d.Attempts > 1)
	if err == nil && d.Attempts > 1 {
		// What was sent may be the message of an earlier attempt, which shows things as they were then.
		err = surface.Edit(ctx, ref, drawn)
	}
	card.Channel, card.MessageID = ref.Channel, ref.ID
	return &card, err
}
