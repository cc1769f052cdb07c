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

// Kinds of delivery that rooms are made of. Opening and closing stand in lanes like messages: they are retried like them, and a room is
// closed when its last card has been drawn.
const (
	openRoomDelivery   = "open_room"   // makes the channel
	roomDelivery       = "room"        // in the room: what it is for
	closeRoomDelivery  = "close_room"  // ends the talk in the channel
	roomFailedDelivery = "room_failed" // to who opened it: it could not be made
)

// mayHaveRoom tells whether a case is of the kind that a private channel is opened for.
func mayHaveRoom(c store.Incident) bool { return c.Severity == policy.Serious || c.Secret }

// openRoom has a private channel made for those who work a case. A case has one at a time.
func (a *App) openRoom(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.OpenRoom)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	answer := "room.opening"
	err = a.change(ctx, req, incident, "incident.room_opened",
		func(tx *store.Tx, actor store.Account, c *store.Incident) (map[string]any, error) {
			switch {
			case c.Status == store.Closed:
				return nil, errClosed
			case !mayHaveRoom(*c):
				answer = "room.not_for_this"
				return nil, errDone
			}
			earlier, err := tx.Room(ctx, c.ID)
			if err == nil && earlier.ClosedAt == nil {
				answer = "room.there_is_one"
				return nil, errDone
			}
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return nil, err
			}
			room := store.Room{IncidentID: c.ID, Surface: req.Actor.Surface, OpenedBy: actor.ID}
			return map[string]any{"surface": room.Surface}, tx.AddRoom(ctx, &room)
		},
		func(_ *store.Tx, c store.Incident) ([]store.Delivery, error) {
			return []store.Delivery{{
				Lane: req.Actor.Surface + ":room:" + c.Number, Surface: req.Actor.Surface, Kind: openRoomDelivery, IncidentID: &c.ID, Urgent: true,
			}}, nil
		})
	return a.outcome(lang, answer, incident, err)
}

// outcome is the private answer to what was tried with a case: the text with the key, or that the case is closed.
func (a *App) outcome(lang, key string, c store.Incident, err error) (bot.Reply, error) {
	if errors.Is(err, errClosed) {
		key, err = "already_closed", nil
	}
	if err != nil {
		return bot.Reply{}, err
	}
	return a.private(lang, key, locale.Data{"Number": c.Number}), nil
}

// makeRoom makes the channel of a case's room, and has the card posted in it.
func (a *App) makeRoom(ctx context.Context, surface bot.Surface, d store.Delivery) error {
	room, err := a.Store.Room(ctx, *d.IncidentID)
	if err != nil {
		return fmt.Errorf("reading a room: %w", err)
	}
	incident, err := a.Store.IncidentByID(ctx, *d.IncidentID)
	if err != nil {
		return fmt.Errorf("reading the incident of a room: %w", err)
	}
	switch {
	case room.ClosedAt != nil || room.Channel != "": // by an earlier run of the same job
		return nil
	case incident.Status == store.Closed:
		if err := a.endRoom(ctx, room, ""); err != nil {
			return err
		}
		return errPointless
	}
	members, err := a.responders(ctx, room, incident)
	if err != nil {
		return err
	}
	name := strings.ToLower(incident.Number) // all that the name of a channel may tell
	channel, err := surface.OpenRoom(ctx, bot.Room{Name: name, Members: members, Since: room.OpenedAt})
	if err != nil {
		return err
	}
	return a.furnish(ctx, room, channel)
}

// furnish keeps which channel a room is, and has what belongs in it posted there. When the case was closed meanwhile, the room is closed
// after that.
func (a *App) furnish(ctx context.Context, room store.Room, channel string) error {
	err := a.Store.InTx(ctx, func(tx *store.Tx) error {
		room.Channel = channel
		if err := tx.SaveRoom(ctx, room); err != nil {
			return err
		}
		incident, err := a.touch(ctx, tx, room.IncidentID)
		if err != nil {
			return err
		}
		kinds := []string{roomDelivery, cardDelivery}
		if incident.Status == store.Closed {
			kinds = append(kinds, closeRoomDelivery)
		}
		deliveries := make([]store.Delivery, len(kinds))
		for i, kind := range kinds {
			deliveries[i] = inRoom(room, kind)
		}
		if err := a.post(ctx, tx, deliveries); err != nil {
			return err
		}
		return a.audit(ctx, tx, "system", "room.made", incident.Number, map[string]any{"surface": room.Surface, "channel": channel})
	})
	if err != nil {
		return fmt.Errorf("keeping a room: %w", err)
	}
	return nil
}

func inRoom(room store.Room, kind string) store.Delivery {
	to := bot.Address{Surface: room.Surface, Channel: room.Channel}
	return store.Delivery{
		Lane: to.String(), Surface: to.Surface, Channel: to.Channel, Kind: kind, IncidentID: &room.IncidentID, Urgent: true,
	}
}

// responders are the accounts, on a room's surface, of those whom it is for: who opened it, those who work all cases, and those whom the
// case concerns and who may see it.
func (a *App) responders(ctx context.Context, room store.Room, incident store.Incident) (ids []string, err error) {
	opener, err := a.Store.AccountByID(ctx, room.OpenedBy)
	if err != nil {
		return nil, fmt.Errorf("reading who opened a room: %w", err)
	}
	ids = append(ids, opener.UserID)
	for _, role := range append([]policy.Role{policy.CISO, policy.DeputyCISO}, facts(incident).Concerned()...) {
		if !policy.May([]policy.Role{role}, policy.SeeCard, facts(incident)) {
			continue
		}
		holders, err := a.holdersOn(ctx, role, incident)
		if err != nil {
			return nil, err
		}
		for _, h := range holders {
			id := h.Accounts[room.Surface]
			if id == "" && h.Email != "" {
				account, err := a.accountByEmail(ctx, room.Surface, h.Email)
				if refused, ok := errors.AsType[*bot.SendError](err); ok && refused.Permanent {
					continue // no account there
				}
				if err != nil {
					return nil, fmt.Errorf("finding who is to be in a room: %w", err)
				}
				id = account.UserID
			}
			if id != "" && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids, nil
}

// closeRoomAfter has the room of a case that is closed closed too, when the card in it has been drawn.
func (a *App) closeRoomAfter(ctx context.Context, tx *store.Tx, c store.Incident) error {
	if c.Status != store.Closed {
		return nil
	}
	room, err := tx.Room(ctx, c.ID)
	if errors.Is(err, store.ErrNotFound) || err == nil && (room.ClosedAt != nil || room.Channel == "") {
		return nil
	}
	if err != nil {
		return err
	}
	return a.post(ctx, tx, []store.Delivery{inRoom(room, closeRoomDelivery)})
}

// closeRoom closes a case's room, unless the case was taken up again: then it goes on being used.
func (a *App) closeRoom(ctx context.Context, surface bot.Surface, d store.Delivery) error {
	incident, err := a.Store.IncidentByID(ctx, *d.IncidentID)
	if err != nil {
		return fmt.Errorf("reading the incident of a room: %w", err)
	}
	room, err := a.Store.RoomByChannel(ctx, d.Surface, d.Channel)
	if err != nil {
		return fmt.Errorf("reading a room: %w", err)
	}
	if incident.Status != store.Closed || room.ClosedAt != nil {
		return errPointless
	}
	if err := surface.CloseRoom(ctx, room.Channel); err != nil {
		return err
	}
	return a.endRoom(ctx, room, "")
}

// leaveRoom takes it that a room is closed in which the bot can do nothing any more: somebody has archived or deleted it, or put the bot
// out. That is nobody's mistake, so nothing is a dead letter for it. An error about what is no room is returned as it came.
func (a *App) leaveRoom(ctx context.Context, d store.Delivery, refused *bot.SendError) error {
	room, err := a.Store.RoomByChannel(ctx, d.Surface, d.Channel)
	if errors.Is(err, store.ErrNotFound) {
		return refused
	}
	if err != nil {
		return fmt.Errorf("reading a room: %w", err)
	}
	a.Log.WarnContext(ctx, "a room is taken to be closed", "kind", d.Kind, "code", refused.Code)
	if err := a.endRoom(ctx, room, refused.Code); err != nil {
		return err
	}
	return errPointless
}

// endRoom records that a room is closed, with the code of what closed it where that was not the bot. The copy of the card in it is not
// drawn again.
func (a *App) endRoom(ctx context.Context, room store.Room, code string) error {
	if room.ClosedAt != nil {
		return nil
	}
	err := a.Store.InTx(ctx, func(tx *store.Tx) error {
		room.ClosedAt = &tx.Now
		if err := tx.SaveRoom(ctx, room); err != nil {
			return err
		}
		incident, err := a.touch(ctx, tx, room.IncidentID)
		if err != nil {
			return err
		}
		detail := map[string]any{"surface": room.Surface, "channel": room.Channel}
		if code != "" {
			detail["code"] = code
		}
		return a.audit(ctx, tx, "system", "room.closed", incident.Number, detail)
	})
	if err != nil {
		return fmt.Errorf("closing a room: %w", err)
	}
	return nil
}

// roomFailed makes it visible that a room could not be made: on the card, and to who opened it. They may try again.
func (a *App) roomFailed(ctx context.Context, tx *store.Tx, d store.Delivery, code string) error {
	room, err := tx.Room(ctx, *d.IncidentID)
	if err != nil {
		return err
	}
	room.ClosedAt, room.Failure = &tx.Now, code
	if err := tx.SaveRoom(ctx, room); err != nil {
		return err
	}
	incident, err := a.touch(ctx, tx, room.IncidentID)
	if err != nil {
		return err
	}
	opener, err := tx.AccountByID(ctx, room.OpenedBy)
	if err != nil {
		return err
	}
	to := bot.Actor{Surface: opener.Surface, ID: opener.UserID}
	if err := a.post(ctx, tx, []store.Delivery{personal(to, roomFailedDelivery, &incident.ID)}); err != nil {
		return err
	}
	return a.audit(ctx, tx, "system", "room.failed", incident.Number, map[string]any{"surface": room.Surface, "code": code})
}

// roomLetter says in a room what it is for and how the shortcut works.
func (a *App) roomLetter(lang string, c store.Incident) bot.Message {
	t := func(key string) string { return a.Texts.T(lang, key, locale.Data{"Number": c.Number}) }
	return bot.Message{Summary: t("room.summary"), Blocks: []bot.Block{
		bot.Heading(t("room.summary")), bot.Paragraph(t("room.text")), bot.Paragraph(t("room.capture")), bot.Small(t("room.small")),
	}}
}

// roomFact is how a case's room stands, for its card; nothing when it has none or had one.
func (a *App) roomFact(lang string, room *store.Room) bot.Facts {
	state := "open"
	switch {
	case room == nil || room.ClosedAt != nil && room.Failure == "":
		return nil
	case room.Failure != "":
		state = "failed"
	case room.Channel == "":
		state = "opening"
	}
	return bot.Facts{{Label: a.Texts.T(lang, "card.room"), Value: a.Texts.T(lang, "card.room."+state, locale.Data{"Code": room.Failure})}}
}
