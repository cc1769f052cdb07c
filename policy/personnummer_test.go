package policy_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"tyreso.se/incidentbot/policy"
)

const token = "[personnummer borttaget]"

func TestMaskPersonalNumbers(t *testing.T) {
	// 811218-9876 is a number of the right form with the right check digit (Luhn) that belongs to nobody; 811218-9875 has
	// the wrong one.
	tests := []struct {
		name, in, want string
		found          int
	}{
		{"with a hyphen", "Kunden 811218-9876 ringde.", "Kunden " + token + " ringde.", 1},
		{"with a plus", "Född 181218+9876", "Född " + token, 1},
		{"with the century", "19811218-9876", token, 1},
		{"with a space", "811218 9876", token, 1},
		{"with an en dash and spaces", "811218 – 9876", token, 1},
		{"with a non-breaking hyphen", "811218\u20119876", token, 1},
		{"with a non-breaking space", "811218\u00a09876", token, 1},
		{"with a soft hyphen", "811218\u00ad9876", token, 1},
		{"with a space without width", "811218\u200b-\u200b9876", token, 1},
		{"without a separator", "8112189876", token, 1},
		{"twelve digits in a row", "198112189876", token, 1},
		{"with a mistyped check digit", "811218-9875", token, 1},
		{"twelve digits with a mistyped check digit", "198112189875", token, 1},
		{"a coordination number", "811278-9873", token, 1},
		{"with another mark and the right check digit", "811218/9876", token, 1},
		{"dashes within the date", "1981-12-18-1234", token, 1},
		{"spaces within the date and the right check digit", "81 12 18 9876", token, 1},
		{"a temporary number", "811218-T123", token, 1},
		{"a leap day", "000229-1234", token, 1},
		{"beside letters", "pnr811218-9876x", "pnr" + token + "x", 1},
		{"two, and the text between", "åäö 811218-9876,8112189876 ÅÄÖ", "åäö " + token + "," + token + " ÅÄÖ", 2},

		{"ten digits with the wrong check digit are not one", "8112189875", "8112189875", 0},
		{"another mark and the wrong check digit are not one", "811218/9875", "811218/9875", 0},
		{"a telephone number is not one", "Ring 08-578 291 00 eller 070-123 45 67", "Ring 08-578 291 00 eller 070-123 45 67", 0},
		{"a day and an hour are not one", "2026-01-15 1431", "2026-01-15 1431", 0},
		{"an invoice number is not one", "faktura 8113319876", "faktura 8113319876", 0},
		{"a month that is none is not one", "811318-9876", "811318-9876", 0},
		{"a day that is none is not one", "810230-9876", "810230-9876", 0},
		{"no leap day in 1900", "19000229-1234", "19000229-1234", 0},
		{"a longer row of digits is not one", "98112189876 811218-98765 1811218-9876", "98112189876 811218-98765 1811218-9876", 0},
		{"an incident number is not one", "INC-2026-0042", "INC-2026-0042", 0},
		{"not across lines", "811218\n9876", "811218\n9876", 0},
		{"nothing", "", "", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, found := policy.MaskPersonalNumbers(test.in)
			if got != test.want || found != test.found {
				t.Errorf("MaskPersonalNumbers(%q) = %q, %d; want %q, %d", test.in, got, found, test.want, test.found)
			}
		})
	}
}

// personalNumber draws a personal identity or coordination number in a form that people write.
func personalNumber(t *rapid.T) string {
	day := rapid.IntRange(1, 28).Draw(t, "day") + rapid.SampledFrom([]int{0, 60}).Draw(t, "coordination")
	date := fmt.Sprintf("%02d%02d%02d", rapid.IntRange(0, 99).Draw(t, "year"), rapid.IntRange(1, 12).Draw(t, "month"), day)
	nine := date + fmt.Sprintf("%03d", rapid.IntRange(0, 999).Draw(t, "serial"))
	sum := 0
	for i, d := range []byte(nine) {
		product := int(d-'0') * (2 - i%2)
		sum += product/10 + product%10
	}
	century := rapid.SampledFrom([]string{"", "19", "20"}).Draw(t, "century")
	separator := rapid.SampledFrom([]string{"", "-", "+", " ", "–", "\u2011", "\u00a0", " - ", "\u202f"}).Draw(t, "separator")
	return fmt.Sprintf("%s%s%s%s%d", century, date, separator, nine[6:], (10-sum%10)%10)
}

func TestEveryPersonalNumberIsMaskedInAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Text without digits and marks around the number, so that it stands on its own.
		around := rapid.StringMatching(`([a-zåäöÅÄÖ漢😀]{1,8}[ ,(:\n]{1,2}){0,4}`)
		before, after := around.Draw(t, "before"), rapid.StringMatching(`[a-zåäö).,; \n😀]{0,10}`).Draw(t, "after")
		got, found := policy.MaskPersonalNumbers(before + personalNumber(t) + after)
		if want := before + token + after; got != want || found != 1 {
			t.Fatalf("got %q, %d; want %q", got, found, want)
		}
	})
}

func FuzzMaskPersonalNumbers(f *testing.F) {
	for _, seed := range []string{
		"811218-9876", "198112189876", "8112189876", "811218 – 9876", "1981-12-18-1234 1981-12-18-1234", "811218-98768112189876",
		"81 12 18 9876", "811218\u200b-\u200b9876", "å811218-9876\xff", "811218\xa09876", "[personnummer borttaget]811218-9876",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		masked, found := policy.MaskPersonalNumbers(s)
		if (found == 0) != (masked == s) {
			t.Errorf("found %d, and the text changed: %v", found, masked != s)
		}
		if again, more := policy.MaskPersonalNumbers(masked); again != masked || more != 0 {
			t.Errorf("masking %q again gave %q", masked, again)
		}
		if utf8.ValidString(s) && !utf8.ValidString(masked) {
			t.Errorf("%q is no longer UTF-8", masked)
		}
		if got := strings.Count(masked, token) - strings.Count(s, token); got != found {
			t.Errorf("found %d and wrote %d tokens", found, got)
		}
	})
}
