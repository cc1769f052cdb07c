package store

import "context"

const cardColumns = `id, incident_id, lane, surface, channel, message_id, drawn_version, lost_at, revision_id`

func cardFields(c *Card) []any {
	return []any{
		&c.ID, optionalID{&c.IncidentID}, &c.Lane, &c.Surface, &c.Channel, &c.MessageID, &c.DrawnVersion, optionalMillis{&c.LostAt},
		&c.RevisionID,
	}
}

// SaveCard remembers a posted copy of a card, or, when its message is known, which version it now shows.
func (tx *Tx) SaveCard(ctx context.Context, c Card) error {
	_, err := tx.exec(ctx, `INSERT INTO cards (incident_id, lane, surface, channel, message_id, drawn_version, revision_id) `+
		`VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (surface, channel, message_id) DO UPDATE SET drawn_version = excluded.drawn_version`,
		optionalID{&c.IncidentID}, c.Lane, c.Surface, c.Channel, c.MessageID, c.DrawnVersion, c.RevisionID)
	return doing("save a card", err)
}

// LoseCard records that a card's message is gone, so that it is no longer edited. ErrNotFound when there is no such card.
func (tx *Tx) LoseCard(ctx context.Context, id int64) error {
	n, err := tx.exec(ctx, `UPDATE cards SET lost_at = coalesce(lost_at, ?) WHERE id = ?`, tx.Now.UnixMilli(), id)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	return doing("lose a card", err)
}

// Cards returns the copies of an incident's card that are still there, in the order they were posted.
func (s *Store) Cards(ctx context.Context, incidentID int64) ([]Card, error) {
	found, err := readMany(ctx, s, cardFields,
		`SELECT `+cardColumns+` FROM cards WHERE incident_id = ? AND lost_at IS NULL ORDER BY id`, incidentID)
	return found, doing("read an incident's cards", err)
}

// CardTargets returns a new delivery of an incident's card for every lane that its card was ever addressed to, also where
// it has not been posted yet: the copies are drawn from the incident's state when they are sent. A room that is closed gets no more.
func (tx *Tx) CardTargets(ctx context.Context, incidentID int64) ([]Delivery, error) {
	first, err := many(ctx, tx, deliveryFields, `SELECT `+deliveryColumns+` FROM deliveries WHERE id IN (`+
		`SELECT min(id) FROM deliveries WHERE incident_id = ? AND kind = 'card' AND NOT EXISTS (`+
		`SELECT 1 FROM rooms WHERE `+roomIn+` AND rooms.closed_at IS NOT NULL) GROUP BY lane) ORDER BY id`, incidentID)
	return again(first), doing("find an incident's cards", err)
}

// again are new deliveries of what deliveries drew, where they drew it.
func again(deliveries []Delivery) []Delivery {
	targets := make([]Delivery, len(deliveries))
	for i, d := range deliveries {
		targets[i] = Delivery{
			Lane: d.Lane, Surface: d.Surface, Channel: d.Channel, UserID: d.UserID, Email: d.Email,
			Kind: d.Kind, IncidentID: d.IncidentID, RevisionID: d.RevisionID, Urgent: d.Urgent,
		}
	}
	return targets
}
