package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
)

const eventColumns = `seq, at, actor, action, subject, detail, prev_hash, hash`

func eventFields(e *Event) []any {
	return []any{&e.Seq, millis{&e.At}, &e.Actor, &e.Action, &e.Subject, &e.Detail, &e.PrevHash, &e.Hash}
}

// Digest returns what Hash must be: the hex SHA-256 of sequence number, time in milliseconds since 1970, actor, action,
// subject, detail and previous hash, in that order, each written as its length in bytes, a colon, itself and a comma
// (a netstring, https://cr.yp.to/proto/netstrings.txt). The lengths keep apart what would otherwise read the same, and
// anybody can compute it without this program.
func (e Event) Digest() string {
	b := make([]byte, 0, 512)
	for _, s := range []string{
		strconv.FormatInt(e.Seq, 10), strconv.FormatInt(e.At.UnixMilli(), 10), e.Actor, e.Action, e.Subject, e.Detail, e.PrevHash,
	} {
		b = strconv.AppendInt(b, int64(len(s)), 10)
		b = append(b, ':')
		b = append(b, s...)
		b = append(b, ',')
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// head is the end of the chain: the number and hash of its last event, 0 and "" when it is empty.
type head struct {
	seq  int64
	hash string
}

func headFields(h *head) []any { return []any{&h.seq, &h.hash} }

const selectHead = `SELECT seq, hash FROM audit_head WHERE id = 1`

// Append adds an event to the audit chain. Actor, Action, Subject and Detail are the caller's; the rest is filled in.
func (tx *Tx) Append(ctx context.Context, e Event) error {
	b := tx.batch
	if b.chain == nil {
		end, err := one(ctx, tx, headFields, selectHead)
		if err != nil {
			return fmt.Errorf("find the end of the audit chain: %w", err)
		}
		b.chain = &end
	}
	// The hash must cover what will be read back.
	e.Actor, e.Action, e.Subject, e.Detail = storable(e.Actor), storable(e.Action), storable(e.Subject), storable(e.Detail)
	e.Seq, e.PrevHash, e.At = b.chain.seq+1, b.chain.hash, tx.Now
	e.Hash = e.Digest()
	if _, err := tx.exec(ctx, `INSERT INTO audit_events (`+eventColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		eventFields(&e)...); err != nil {
		return fmt.Errorf("extend the audit chain: %w", err)
	}
	b.chain = &head{e.Seq, e.Hash}
	return nil
}

// endChain records where the audit chain ends, once for all who share the commit.
func (b *batch) endChain() error {
	if b.chain == nil {
		return nil
	}
	stmt, err := b.stmt(`UPDATE audit_head SET seq = ?, hash = ? WHERE id = 1`)
	if err == nil {
		_, err = stmt.ExecContext(b.ctx, b.chain.seq, b.chain.hash)
	}
	return doing("move the end of the audit chain", err)
}

const selectEvents = `SELECT ` + eventColumns + ` FROM audit_events WHERE seq > ? ORDER BY seq LIMIT ?`

// Events calls visit with every event in order, and stops at its first error.
func (s *Store) Events(ctx context.Context, visit func(Event) error) error {
	err := walk(ctx, s, eventFields, selectEvents, func(e Event) int64 { return e.Seq }, visit)
	return doing("read the audit chain", err)
}

// EventsBySubject returns the events that concern subject, in order.
func (s *Store) EventsBySubject(ctx context.Context, subject string) ([]Event, error) {
	found, err := readMany(ctx, s, eventFields,
		`SELECT `+eventColumns+` FROM audit_events WHERE subject = ? ORDER BY seq`, subject)
	return found, doing("read a subject's audit events", err)
}

// VerifyChain walks the audit chain from its start and returns how many events are as they were written.
// *BrokenChainError names the first that is not: altered, missing, added, or cut off at the end. The chain shows what was
// changed behind the program's back; it cannot show that all of it, with its head, was made anew by somebody with full
// power over the database, unless an earlier head was kept elsewhere.
func (s *Store) VerifyChain(ctx context.Context) (verified int64, err error) {
	err = s.inSnapshot(ctx, func(q queryer) error {
		end, err := one(ctx, q, headFields, selectHead)
		if errors.Is(err, ErrNotFound) {
			return &BrokenChainError{Seq: 1, Reason: "the record of where the chain ends is gone"}
		}
		if err != nil {
			return err
		}
		var last head
		for {
			page, err := many(ctx, q, eventFields, selectEvents, last.seq, pageSize)
			if err != nil {
				return err
			}
			for _, e := range page {
				if err := follows(last, e, end); err != nil {
					return err
				}
				last = head{e.Seq, e.Hash}
				verified = e.Seq
			}
			if len(page) < pageSize {
				break
			}
		}
		switch {
		case last.seq < end.seq:
			return &BrokenChainError{Seq: last.seq + 1, Reason: fmt.Sprintf("missing: the chain should end at event %d", end.seq)}
		case last != end:
			return &BrokenChainError{Seq: last.seq, Reason: "its hash is not the one that the chain should end with"}
		}
		return nil
	})
	if _, broken := errors.AsType[*BrokenChainError](err); broken {
		return verified, err
	}
	return verified, doing("verify the audit chain", err)
}

// follows returns what is wrong with e as the event after last in a chain that ends at end.
func follows(last head, e Event, end head) error {
	switch {
	case e.Seq != last.seq+1:
		return &BrokenChainError{Seq: last.seq + 1, Reason: fmt.Sprintf("missing: event %d comes next", e.Seq)}
	case e.Seq > end.seq:
		return &BrokenChainError{Seq: e.Seq, Reason: fmt.Sprintf("added: the chain should end at event %d", end.seq)}
	case e.PrevHash != last.hash:
		return &BrokenChainError{Seq: e.Seq, Reason: "it does not carry the hash of the event before it"}
	case e.Hash != e.Digest():
		return &BrokenChainError{Seq: e.Seq, Reason: "its content does not match its hash"}
	}
	return nil
}
