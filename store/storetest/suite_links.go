package storetest

import (
	"context"
	"testing"
	"time"

	"tyreso.se/incidentbot/store"
)

// member creates an account on a surface where accounts are linked and returns it.
func member(t testing.TB, s *store.Store, userID string) (a store.Account) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
		a, err = tx.EnsureAccount(ctx, "chat", userID, "Namn "+userID)
		return err
	})
	return a
}

func testLinks(t *testing.T, open func(t *testing.T) *store.Store) {
	anna := store.Person{Email: "anna@example.org", Name: "Anna Berg", Active: true}
	bo := store.Person{Email: "bo@example.org", Name: "Bo Ek", Active: true}
	with := func(p store.Person, accounts map[string]string) store.Person {
		p.Accounts = accounts
		return p
	}
	people := func(t *testing.T, s *store.Store, list ...store.Person) (c store.Changes) {
		t.Helper()
		write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			c, err = tx.ImportPeople(ctx, list)
			return err
		})
		return c
	}
	owner := func(t *testing.T, s *store.Store, userID string) string {
		t.Helper()
		a := must(s.Account(t.Context(), "chat", userID))(t)
		if linked := a.PersonID != nil; linked != (a.Email != "") {
			t.Errorf("account %s has the address %q and the person %v", userID, a.Email, a.PersonID)
		}
		return a.Email
	}
	has := func(userID string) map[string]string { return map[string]string{"chat": userID} }

	t.Run("a linked account keeps its person whatever the surface tells", func(t *testing.T) {
		s := open(t)
		people(t, s, anna, bo)
		a := member(t, s, "U1")
		person := must(s.PersonByEmail(t.Context(), anna.Email))(t)
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.LinkAccount(ctx, a.ID, person.ID) })
		want := a
		want.Email, want.PersonID = anna.Email, &person.ID
		equal(t, "linked", must(s.AccountByID(t.Context(), a.ID))(t), want)
		for _, told := range []string{"", bo.Email, "private@example.com"} {
			a.Email, a.Name = told, "Anna B"
			write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateAccount(ctx, a) })
			want.Name = "Anna B"
			equal(t, "after the profile said "+told, must(s.AccountByID(t.Context(), a.ID))(t), want)
		}
	})
	t.Run("a list gives accounts, known or not, and again changes nothing", func(t *testing.T) {
		s := open(t)
		member(t, s, "U2")
		equal(t, "first", people(t, s, with(anna, has("U1")), with(bo, has("U2"))), store.Changes{Added: 2})
		equal(t, "owners", []string{owner(t, s, "U1"), owner(t, s, "U2")}, []string{anna.Email, bo.Email})
		equal(t, "name", must(s.Account(t.Context(), "chat", "U1"))(t).Name, anna.Name)
		equal(t, "again", people(t, s, with(anna, has("U1")), with(bo, has("U2"))), store.Changes{Unchanged: 2})
		equal(t, "what is read", must(s.PersonByEmail(t.Context(), anna.Email))(t).Accounts == nil, true)
	})
	t.Run("a list that says nothing of accounts leaves them", func(t *testing.T) {
		s := open(t)
		people(t, s, with(anna, has("U1")), with(bo, has("U2")))
		equal(t, "changes", people(t, s, anna, with(bo, map[string]string{"other": ""})), store.Changes{Unchanged: 2})
		equal(t, "changes of another's list", people(t, s, with(anna, has("U1"))), store.Changes{Unchanged: 1})
		equal(t, "owners", []string{owner(t, s, "U1"), owner(t, s, "U2")}, []string{anna.Email, bo.Email})
	})
	t.Run("an account is taken back", func(t *testing.T) {
		s := open(t)
		people(t, s, with(anna, has("U1")), with(bo, has("U2")))
		equal(t, "changes", people(t, s, with(anna, has("U3")), with(bo, has(""))), store.Changes{Changed: 2})
		equal(t, "owners", []string{owner(t, s, "U1"), owner(t, s, "U2"), owner(t, s, "U3")}, []string{"", "", anna.Email})
		a := must(s.Account(t.Context(), "chat", "U1"))(t)
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateAccount(ctx, a) })
		people(t, s, anna, bo)
		equal(t, "owner after more was told and listed", owner(t, s, "U1"), "")
	})
	t.Run("accounts change hands", func(t *testing.T) {
		s := open(t)
		people(t, s, with(anna, has("U1")), with(bo, has("U2")))
		equal(t, "swapped", people(t, s, with(anna, has("U2")), with(bo, has("U1"))), store.Changes{Changed: 2})
		equal(t, "owners", []string{owner(t, s, "U1"), owner(t, s, "U2")}, []string{bo.Email, anna.Email})
		// A person with another address is another row, and the old one is in no list any longer.
		renamed := store.Person{Email: "anna.ek@example.org", Name: "Anna Ek", Active: true}
		equal(t, "renamed", people(t, s, with(renamed, has("U2"))), store.Changes{Added: 1})
		equal(t, "owner", owner(t, s, "U2"), renamed.Email)
	})
	t.Run("a list goes before a code", func(t *testing.T) {
		s := open(t)
		people(t, s, anna, bo)
		a := member(t, s, "U1")
		person := must(s.PersonByEmail(t.Context(), anna.Email))(t)
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.LinkAccount(ctx, a.ID, person.ID) })
		equal(t, "changes", people(t, s, with(bo, has("U1"))), store.Changes{Changed: 1})
		equal(t, "owner", owner(t, s, "U1"), bo.Email)
	})
	t.Run("two people with one account are refused, and all with them", func(t *testing.T) {
		s := open(t)
		err := s.InTx(t.Context(), func(tx *store.Tx) error {
			_, err := tx.ImportPeople(t.Context(), []store.Person{with(anna, has("U1")), with(bo, has("U1"))})
			return err
		})
		if err == nil {
			t.Error("no error")
		}
		equal(t, "people", len(must(s.People(t.Context()))(t)), 0)
	})
}

func testLinkCodes(t *testing.T, open func(t *testing.T) *store.Store) {
	add := func(t *testing.T, s *store.Store, c store.LinkCode) store.LinkCode {
		t.Helper()
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.AddLinkCode(ctx, &c) })
		return c
	}
	newest := func(t *testing.T, s *store.Store, accountID int64) (c store.LinkCode) {
		t.Helper()
		write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			c, err = tx.NewestLinkCode(ctx, accountID)
			return err
		})
		return c
	}
	mail := func(t *testing.T, s *store.Store) (id int64) {
		t.Helper()
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			letters := []store.Delivery{{Lane: "mail:1", Surface: "mail", UserID: "anna@example.org", Kind: "link_code"}}
			_, err := tx.AddDeliveries(ctx, letters)
			id = letters[0].ID
			return err
		})
		return id
	}
	t.Run("what was written comes back, by account and by mail", func(t *testing.T) {
		s := open(t)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.ImportPeople(ctx, []store.Person{{Email: "anna@example.org"}})
			return err
		})
		person := must(s.PersonByEmail(t.Context(), "anna@example.org"))(t)
		a, delivery := member(t, s, "U1"), mail(t, s)
		c := add(t, s, store.LinkCode{AccountID: a.ID, AddressSHA256: "x", PersonID: &person.ID, DeliveryID: &delivery, Code: "012345"})
		if c.ID == 0 || c.CreatedAt.IsZero() {
			t.Errorf("filled in: %+v", c)
		}
		equal(t, "by account", newest(t, s, a.ID), c)
		equal(t, "by mail", must(s.LinkCodeByDelivery(t.Context(), delivery))(t), c)
		c.Code, c.Tries = "", 5
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateLinkCode(ctx, c) })
		equal(t, "changed", newest(t, s, a.ID), c)
		_, err := s.LinkCodeByDelivery(t.Context(), delivery+1)
		isErr(t, err, store.ErrNotFound)
		err = s.InTx(t.Context(), func(tx *store.Tx) error {
			_, err := tx.NewestLinkCode(t.Context(), a.ID+1)
			return err
		})
		isErr(t, err, store.ErrNotFound)
	})
	t.Run("a new one empties the account's others", func(t *testing.T) {
		s := open(t)
		a, b := member(t, s, "U1"), member(t, s, "U2")
		delivery := mail(t, s)
		add(t, s, store.LinkCode{AccountID: a.ID, Code: "111111", DeliveryID: &delivery})
		other := add(t, s, store.LinkCode{AccountID: b.ID, Code: "222222"})
		second := add(t, s, store.LinkCode{AccountID: a.ID, Code: "333333"})
		equal(t, "newest", newest(t, s, a.ID), second)
		equal(t, "the one before", must(s.LinkCodeByDelivery(t.Context(), delivery))(t).Code, "")
		equal(t, "another account's", newest(t, s, b.ID), other)
	})
	t.Run("counted by account and by address", func(t *testing.T) {
		s := open(t)
		a, b := member(t, s, "U1"), member(t, s, "U2")
		for _, c := range []store.LinkCode{{AccountID: a.ID, AddressSHA256: "x"}, {AccountID: a.ID, AddressSHA256: "y"}, {AccountID: b.ID, AddressSHA256: "x"}, {AccountID: a.ID, AddressSHA256: "x"}} {
			add(t, s, c)
		}
		count := func(since time.Time) (n [2]int) {
			write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
				n[0], n[1], err = tx.CountLinkCodes(ctx, a.ID, "x", since)
				return err
			})
			return n
		}
		equal(t, "since long", count(s.Now().Add(-time.Hour)), [2]int{3, 3})
		equal(t, "since later", count(s.Now().Add(time.Hour)), [2]int{})
	})
	t.Run("old ones are emptied, then forgotten", func(t *testing.T) {
		s := open(t)
		a := member(t, s, "U1")
		c := add(t, s, store.LinkCode{AccountID: a.ID, Code: "111111"})
		long, soon := s.Now().Add(-time.Hour), s.Now().Add(time.Hour)
		expire := func(codes, rows time.Time) {
			t.Helper()
			write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.ExpireLinkCodes(ctx, codes, rows) })
		}
		expire(long, long)
		equal(t, "young", newest(t, s, a.ID), c)
		expire(soon, long)
		c.Code = ""
		equal(t, "too old", newest(t, s, a.ID), c)
		expire(soon, soon)
		err := s.InTx(t.Context(), func(tx *store.Tx) error {
			_, err := tx.NewestLinkCode(t.Context(), a.ID)
			return err
		})
		isErr(t, err, store.ErrNotFound)
	})
}
