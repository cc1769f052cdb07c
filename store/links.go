package store

import (
	"context"
	"fmt"
	"time"
)

// LinkCode is a one-time code with which a person proves that an account is theirs: it is sent by mail to an address of the
// staff list and typed in by the account. Only the newest one of an account counts.
type LinkCode struct {
	ID            int64
	AccountID     int64
	AddressSHA256 string // hex, of the address that was asked for, whether or not it is in the staff list
	PersonID      *int64 // people.id; nil: the address is not in the staff list and the code was sent to nobody
	DeliveryID    *int64 // deliveries.id of the mail; nil: none
	Code          string // "" once it was used, used up, replaced or is too old
	Tries         int    // how many wrong codes were typed in
	CreatedAt     time.Time
}

const linkCodeColumns = `id, account_id, address_sha256, person_id, delivery_id, code, tries, created_at`

func linkCodeFields(c *LinkCode) []any {
	return []any{&c.ID, &c.AccountID, &c.AddressSHA256, &c.PersonID, &c.DeliveryID, &c.Code, &c.Tries, millis{&c.CreatedAt}}
}

const selectNewestLinkCode = `SELECT ` + linkCodeColumns + ` FROM link_codes WHERE account_id = ? ORDER BY id DESC LIMIT 1`

var insertLinkCode = insertInto("link_codes", linkCodeColumns)

// AddLinkCode keeps a code, fills in its ID and CreatedAt, and empties those that the account had before.
func (tx *Tx) AddLinkCode(ctx context.Context, c *LinkCode) error {
	if _, err := tx.exec(ctx, `UPDATE link_codes SET code = '' WHERE account_id = ? AND code <> ''`, c.AccountID); err != nil {
		return doing("replace a link code", err)
	}
	c.CreatedAt = tx.Now
	var err error
	c.ID, err = one(ctx, tx, itself[int64], insertLinkCode, linkCodeFields(c)[1:]...)
	return doing("add a link code", err)
}

// CountLinkCodes returns how many codes were asked for by an account, and for an address, since a time.
func (tx *Tx) CountLinkCodes(ctx context.Context, accountID int64, addressSHA256 string, since time.Time) (
	byAccount, forAddress int, err error,
) {
	n, err := one(ctx, tx, func(n *[2]int) []any { return []any{&n[0], &n[1]} },
		`SELECT (SELECT count(*) FROM link_codes WHERE account_id = ? AND created_at > ?), `+
			`(SELECT count(*) FROM link_codes WHERE address_sha256 = ? AND created_at > ?)`,
		accountID, since.UnixMilli(), addressSHA256, since.UnixMilli())
	return n[0], n[1], doing("count link codes", err)
}

// NewestLinkCode returns the code that an account asked for last, also when it is no longer good, or ErrNotFound.
func (tx *Tx) NewestLinkCode(ctx context.Context, accountID int64) (LinkCode, error) {
	c, err := one(ctx, tx, linkCodeFields, selectNewestLinkCode, accountID)
	return c, doing("read a link code", err)
}

// NewestLinkCode is Tx.NewestLinkCode outside a transaction.
func (s *Store) NewestLinkCode(ctx context.Context, accountID int64) (LinkCode, error) {
	c, err := readOne(ctx, s, linkCodeFields, selectNewestLinkCode, accountID)
	return c, doing("read a link code", err)
}

// UpdateLinkCode saves Code and Tries of the code with c's ID.
func (tx *Tx) UpdateLinkCode(ctx context.Context, c LinkCode) error {
	_, err := tx.exec(ctx, `UPDATE link_codes SET code = ?, tries = ? WHERE id = ?`, c.Code, c.Tries, c.ID)
	return doing("save a link code", err)
}

// LinkCodeByDelivery returns the code that a mail is about, or ErrNotFound.
func (s *Store) LinkCodeByDelivery(ctx context.Context, deliveryID int64) (LinkCode, error) {
	c, err := readOne(ctx, s, linkCodeFields, `SELECT `+linkCodeColumns+` FROM link_codes WHERE delivery_id = ?`, deliveryID)
	return c, doing("read a link code", err)
}

// ExpireLinkCodes empties codes from before one time, and forgets from before another that they were asked for.
func (tx *Tx) ExpireLinkCodes(ctx context.Context, codesBefore, rowsBefore time.Time) error {
	_, err := tx.exec(ctx, `UPDATE link_codes SET code = '' WHERE created_at <= ? AND code <> ''`, codesBefore.UnixMilli())
	if err == nil {
		_, err = tx.exec(ctx, `DELETE FROM link_codes WHERE created_at <= ?`, rowsBefore.UnixMilli())
	}
	return doing("forget old link codes", err)
}

// LinkAccount says that an account is a person's, for good: what the surface tells of it later does not change that.
func (tx *Tx) LinkAccount(ctx context.Context, accountID, personID int64) error {
	return doing("link an account", tx.link(ctx, accountID, personID, false))
}

func (tx *Tx) link(ctx context.Context, accountID, personID int64, listed bool) error {
	_, err := tx.exec(ctx, `INSERT INTO account_links (account_id, person_id, listed, linked_at) VALUES (?, ?, ?, ?) `+
		`ON CONFLICT (account_id) DO UPDATE SET person_id = excluded.person_id, listed = excluded.listed, linked_at = excluded.linked_at`,
		accountID, personID, flag{&listed}, tx.Now.UnixMilli())
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE accounts SET person_id = ?, email = (SELECT email FROM people WHERE id = ?) WHERE id = ?`,
		personID, personID, accountID)
	return err
}

// listed is an account that the staff list gives a person.
type listed struct {
	accountID              int64
	surface, userID, email string
}

// relisted is what a new staff list changes in whose account is whose.
type relisted struct {
	gone, added []listed
	emails      map[string]bool // of the people in the new list whose account is another one than before
}

// relist compares a staff list with the accounts that the lists before it gave. A list says nothing of the surfaces that are
// missing in Person.Accounts, and nothing of people who are not in it, unless it gives their account to another.
func (tx *Tx) relist(ctx context.Context, people []Person) (relisted, error) {
	r := relisted{emails: map[string]bool{}}
	type account struct{ surface, userID string }
	owners, told := map[account]string{}, map[account]string{} // told: user id by surface and, for once, e-mail address
	var wanted []account
	for _, p := range people {
		for surface, userID := range p.Accounts {
			told[account{surface, p.Email}] = userID
			if userID == "" {
				continue
			}
			a := account{surface, userID}
			if other, taken := owners[a]; taken && other != p.Email {
				return r, fmt.Errorf("two people have the account %s:%s", surface, userID)
			}
			owners[a] = p.Email
			wanted = append(wanted, a)
		}
	}
	if len(told) == 0 {
		return r, nil
	}
	known, err := many(ctx, tx, func(l *listed) []any { return []any{&l.accountID, &l.surface, &l.userID, &l.email} },
		`SELECT a.id, a.surface, a.user_id, p.email FROM account_links l JOIN accounts a ON a.id = l.account_id `+
			`JOIN people p ON p.id = l.person_id WHERE l.listed = 1`)
	if err != nil {
		return r, err
	}
	for _, k := range known {
		a := account{k.surface, k.userID}
		owner, given := owners[a]
		now, spokenOf := told[account{k.surface, k.email}]
		switch {
		case given && owner == k.email:
			delete(owners, a) // as it was
		case spokenOf && now != k.userID:
			r.gone = append(r.gone, k)
			r.emails[k.email] = true
		}
	}
	for _, a := range wanted {
		if owner, ok := owners[a]; ok {
			r.added = append(r.added, listed{surface: a.surface, userID: a.userID, email: owner})
			r.emails[owner] = true
			delete(owners, a)
		}
	}
	return r, nil
}

// apply takes accounts from those who no longer have them and gives them to those who do. It comes after the people themselves.
func (r relisted) apply(ctx context.Context, tx *Tx) error {
	for _, l := range r.gone {
		if _, err := tx.exec(ctx, `DELETE FROM account_links WHERE account_id = ?`, l.accountID); err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `UPDATE accounts SET person_id = NULL, email = '' WHERE id = ?`, l.accountID); err != nil {
			return err
		}
	}
	for _, l := range r.added {
		p, err := one(ctx, tx, personFields, selectPersonByEmail, l.email)
		if err != nil {
			return err
		}
		a, err := tx.EnsureAccount(ctx, l.surface, l.userID, p.Name)
		if err != nil {
			return err
		}
		if err := tx.link(ctx, a.ID, p.ID, true); err != nil {
			return err
		}
	}
	return nil
}
