package handlers

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/store"
)

// mailSurface is the surface that codes are sent by. It is there when the municipality has given a mail server.
const mailSurface = "mail"

// linkCodeDelivery is the kind of the mail with a code.
const linkCodeDelivery = "link_code"

const fieldCode = "code"

// How much may be asked and guessed. Of a million codes, three of them tried five times each make fifteen guesses an hour, at
// one address as well as by one account.
const (
	// LinkCodeAge is how long a code is good.
	LinkCodeAge = 15 * time.Minute
	// LinkCodeWindow is the time that codes are counted in.
	LinkCodeWindow = time.Hour
	maxLinkCodes   = 3 // asked for in the window, by one account and for one address
	maxLinkTries   = 5 // wrong ones typed in before the code is void
	linkCodeDigits = 6
)

// linkArgument reads the subcommand that links an account: the word, alone or with one more. With several more it is the
// beginning of a report, for instance of one about a link.
func linkArgument(text string) (address string, ok bool) {
	words := strings.Fields(text)
	if len(words) == 0 || len(words) > 2 {
		return "", false
	}
	word := strings.ToLower(words[0])
	return strings.ToLower(strings.Join(words[1:], "")), word == "link" || word == "koppla"
}

// link sends a code to an address of the staff list. The answer is the same whether or not the address is in the list, and so
// is all that can be done with it: nobody can find out in this way who works here. That an address has had its codes for
// now is not told for the same reason, only that an account has.
func (a *App) link(ctx context.Context, req bot.Request, address string) (bot.Reply, error) {
	lang := a.language(ctx, req.Actor)
	if _, ok := a.Surfaces[mailSurface]; !ok {
		return a.private(lang, "link.no_mail"), nil
	}
	if !isAddress(address) {
		return a.private(lang, "link.how"), nil
	}
	person, err := a.listed(ctx, address)
	if err != nil {
		return bot.Reply{}, err
	}
	refusal := ""
	err = a.once(ctx, req.Key, func(tx *store.Tx) error {
		account, err := a.ensureAccount(ctx, tx, req.Actor)
		if err != nil {
			return err
		}
		if account.PersonID != nil {
			refusal = "link.linked"
			return nil
		}
		sum := digest(address)
		byAccount, forAddress, err := tx.CountLinkCodes(ctx, account.ID, sum, tx.Now.Add(-LinkCodeWindow))
		if err != nil {
			return err
		}
		if byAccount >= maxLinkCodes {
			refusal = "link.too_many"
			return nil
		}
		code := store.LinkCode{AccountID: account.ID, AddressSHA256: sum, Code: linkCode(a.NewRef())}
		if person != nil && forAddress < maxLinkCodes {
			letters := []store.Delivery{{
				// The lane stands in logs and, of a dead letter, in the audit chain: addresses do not belong there.
				Lane:    mailSurface + ":user:" + sum[:16],
				Surface: mailSurface, UserID: person.Email, Kind: linkCodeDelivery, Urgent: true,
			}}
			if err := a.post(ctx, tx, letters); err != nil {
				return err
			}
			code.PersonID, code.DeliveryID = &person.ID, &letters[0].ID
		}
		return tx.AddLinkCode(ctx, &code)
	})
	if err != nil {
		return bot.Reply{}, fmt.Errorf("sending a code to link an account: %w", err)
	}
	if refusal != "" {
		return a.private(lang, refusal), nil
	}
	t := func(key string, data ...locale.Data) string { return a.Texts.T(lang, key, data...) }
	return bot.Reply{Message: &bot.Message{Summary: t("link.title"), Blocks: []bot.Block{
		bot.Paragraph(t("link.sent", locale.Data{"Minutes": int(LinkCodeAge.Minutes())})),
		bot.Small(t("link.sent.small")),
		bot.Buttons{{ID: linkCodeButton, Text: t("button.link_code"), Style: bot.Primary}},
	}}}, nil
}

func isAddress(address string) bool {
	parsed, err := mail.ParseAddress(address)
	return err == nil && parsed.Address == address
}

// listed is the person of the staff list with an address, nil when there is none.
func (a *App) listed(ctx context.Context, address string) (*store.Person, error) {
	person, err := a.Store.PersonByEmail(ctx, address)
	if errors.Is(err, store.ErrNotFound) || err == nil && !person.Active {
		return nil, nil //nolint:nilnil // nobody is an answer here, not a failure
	}
	if err != nil {
		return nil, fmt.Errorf("looking for an address in the staff list: %w", err)
	}
	return &person, nil
}

// linkCode makes a code of a reference that cannot be guessed.
func linkCode(ref string) string {
	sum := sha256.Sum256([]byte(ref))
	return fmt.Sprintf("%0*d", linkCodeDigits, binary.BigEndian.Uint64(sum[:])%1_000_000)
}

// good tells whether a code can still be typed in.
func good(c store.LinkCode, now time.Time) bool {
	return c.Code != "" && now.Sub(c.CreatedAt) < LinkCodeAge
}

// openLinkCode opens the dialog where the code is typed in.
func (a *App) openLinkCode(ctx context.Context, req bot.Request) (bot.Reply, error) {
	lang := a.language(ctx, req.Actor)
	account, err := a.Store.Account(ctx, req.Actor.Surface, req.Actor.ID)
	if err == nil && account.PersonID != nil {
		return a.private(lang, "link.linked"), nil
	}
	var code store.LinkCode
	if err == nil {
		code, err = a.Store.NewestLinkCode(ctx, account.ID)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return bot.Reply{}, fmt.Errorf("looking for an account's code: %w", err)
	}
	if !good(code, a.Store.Now()) {
		return a.private(lang, "link.expired"), nil
	}
	return bot.Reply{Dialog: a.linkCodeDialog(lang)}, nil
}

func (a *App) linkCodeDialog(lang string) *bot.Dialog {
	t := func(key string) string { return a.Texts.T(lang, key) }
	return &bot.Dialog{
		ID: linkCodeButton, Title: t("link.title"), Submit: t("link.submit"), Cancel: t("button.cancel"),
		Fields: []bot.Field{{
			ID: fieldCode, Kind: bot.Text, Required: true, Min: linkCodeDigits, Max: 2 * linkCodeDigits, // with spaces in it, perhaps
			Label: t("link.code"), Help: t("link.code.help"),
		}},
	}
}

// enterLinkCode links the account to the person whose code was typed in. Told twice, the same code gives the same answer:
// the account is linked then. A wrong one counts each time.
func (a *App) enterLinkCode(ctx context.Context, req bot.Request) (bot.Reply, error) {
	lang := a.language(ctx, req.Actor)
	if found := a.linkCodeDialog(lang).Check(req.Values, 0, a.Store.Now()); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	typed := strings.Join(strings.Fields(req.Values.Get(fieldCode)), "")
	outcome, left := "", 0
	err := a.Store.InTx(ctx, func(tx *store.Tx) error {
		account, err := a.ensureAccount(ctx, tx, req.Actor)
		if err != nil {
			return err
		}
		if account.PersonID != nil {
			outcome = "link.linked"
			return nil
		}
		code, err := tx.NewestLinkCode(ctx, account.ID)
		if errors.Is(err, store.ErrNotFound) || err == nil && !good(code, tx.Now) {
			outcome = "link.expired"
			return nil
		}
		if err != nil {
			return err
		}
		if subtle.ConstantTimeCompare([]byte(typed), []byte(code.Code)) != 1 || code.PersonID == nil {
			code.Tries++
			outcome, left = "link.wrong", maxLinkTries-code.Tries
			return a.refuseLinkCode(ctx, tx, req.Actor, code)
		}
		outcome, code.Code = "link.linked", ""
		if err := tx.UpdateLinkCode(ctx, code); err != nil {
			return err
		}
		if err := tx.LinkAccount(ctx, account.ID, *code.PersonID); err != nil {
			return err
		}
		return a.audit(ctx, tx, actorName(req.Actor), "account.linked", "", map[string]any{"address_sha256": code.AddressSHA256})
	})
	switch {
	case err != nil:
		return bot.Reply{}, fmt.Errorf("linking an account: %w", err)
	case outcome == "link.wrong" && left > 0:
		text := a.Texts.T(lang, outcome, locale.Data{"Count": left})
		return bot.Reply{Errors: map[string]string{fieldCode: text}}, nil
	case outcome == "link.wrong":
		return a.private(lang, "link.used_up"), nil
	}
	return a.private(lang, outcome), nil
}

// refuseLinkCode saves a wrong try. The last one makes the code void, and is in the audit chain: somebody may be guessing.
func (a *App) refuseLinkCode(ctx context.Context, tx *store.Tx, who bot.Actor, code store.LinkCode) error {
	if code.Tries < maxLinkTries {
		return tx.UpdateLinkCode(ctx, code)
	}
	code.Code = ""
	if err := tx.UpdateLinkCode(ctx, code); err != nil {
		return err
	}
	return a.audit(ctx, tx, actorName(who), "account.link_refused", "", map[string]any{
		"address_sha256": code.AddressSHA256, "tries": code.Tries,
	})
}

// linkLetter draws the mail with a code. Like every message it is drawn when it is sent, so the code stands in the register in
// clear until then, and until it is typed in: a hash of six digits would hide nothing, since all of them can be tried. It is
// emptied as soon as it has been used or is too old.
//
// The mail does not say which account asks: its name is chosen by who has it, and a stranger could write to the staff
// with it in the municipality's name.
func (a *App) linkLetter(ctx context.Context, d store.Delivery) (bot.Message, error) {
	code, err := a.Store.LinkCodeByDelivery(ctx, d.ID)
	if errors.Is(err, store.ErrNotFound) || err == nil && !good(code, a.Store.Now()) {
		return bot.Message{}, errPointless
	}
	if err != nil {
		return bot.Message{}, fmt.Errorf("reading the code of a mail: %w", err)
	}
	account, err := a.Store.AccountByID(ctx, code.AccountID)
	if err != nil {
		return bot.Message{}, fmt.Errorf("reading the account of a code: %w", err)
	}
	lang := a.languageOf(account)
	t := func(key string, data ...locale.Data) string { return a.Texts.T(lang, key, data...) }
	until := locale.Time(code.CreatedAt.Add(LinkCodeAge), a.Settings.Location)
	return bot.Message{Summary: t("link.mail.subject"), Blocks: []bot.Block{
		bot.Paragraph(t("link.mail.text", locale.Data{"Organisation": a.Settings.Organisation})),
		bot.Facts{{Label: t("link.mail.code"), Value: code.Code}},
		bot.Paragraph(t("link.mail.until", locale.Data{"Time": until})),
		bot.Small(t("link.mail.other")),
	}}, nil
}
