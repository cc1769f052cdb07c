package policy

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaskedNumber stands where a personal identity number stood. It is the same in every language and tells nothing
// of the number.
const MaskedNumber = "[personnummer borttaget]"

// coordinationOffset is added to the day of birth in a coordination number (samordningsnummer).
const coordinationOffset = 60

// maxSpacing is how many spaces in a row may stand on one side of a separator before the digits on its two sides are no
// longer taken for one number.
const maxSpacing = 3

// MaskPersonalNumbers replaces every Swedish personal identity number and coordination number in s by a fixed token that
// keeps nothing of it, and tells how many it found. Masking twice changes nothing more.
//
// A number is a date of birth (two or four digits for the year; the day plus 60 in a coordination number) and four
// digits, the last of which is a check digit with the weights 2 and 1 (Luhn;
// https://www4.skatteverket.se/rattsligvagledning/edition/2020.9/330245.html). People mistype and dress it in many ways,
// while telephone and invoice numbers must stay, so how much is asked depends on how it is written:
//
//   - 900101-1234, 19900101+1234, 900101 1234, with any dash or space between: a date is enough. A wrong check digit is
//     a typing error, and still points at somebody. So is 900101-T123, a temporary number.
//   - 199001011234, twelve digits in a row: a date is enough.
//   - 9001011234, ten digits in a row, or another mark between, as in 900101/1234: the check digit must be right too.
//   - 1990-01-01-1234: a date is enough with a dash before the last four; otherwise, as in 1990-01-01 1234, which may
//     be a day and an hour, and with a year of two digits, the check digit must be right too.
//
// Digits that belong to a longer row of digits are no number.
func MaskPersonalNumbers(s string) (masked string, found int) {
	var out strings.Builder
	kept := 0 // s[:kept] is written
	for i := 0; i < len(s); {
		n := digitRun(s[i:])
		if n == 0 {
			_, size := utf8.DecodeRuneInString(s[i:])
			i += size
			continue
		}
		end := personalNumberAt(s[i:], n)
		if end == 0 {
			i += n
			continue
		}
		out.WriteString(s[kept:i])
		out.WriteString(MaskedNumber)
		i += end
		kept = i
		found++
	}
	if found == 0 {
		return s, 0
	}
	out.WriteString(s[kept:])
	return out.String(), found
}

// personalNumberAt returns the length of the personal identity number that s begins with, or 0; s begins with exactly run
// ASCII digits.
func personalNumberAt(s string, run int) int {
	switch run {
	case 12:
		if validDate(s[:8]) {
			return 12
		}
	case 10:
		if validDate(s[:6]) && luhn(s[:10]) {
			return 10
		}
	case 8, 6:
		return withBirthDate(s, s[:run], run)
	case 4, 2:
		return withGroupedDate(s, run)
	}
	return 0
}

// withBirthDate returns the length of the number in s whose date, written in one piece, ends at end.
func withBirthDate(s, date string, end int) int {
	mark, size := separator(s[end:])
	last := lastFour(s[end+size:], mark == dash)
	if mark == none || last == "" || !validDate(date) {
		return 0
	}
	if mark == other && !luhn(date[len(date)-6:]+last) {
		return 0
	}
	return end + size + len(last)
}

// withGroupedDate returns the length of the number that s begins with when its date is written in groups, as in
// 1990-01-01-1234 or 90 01 01 1234; the year has so many digits.
func withGroupedDate(s string, year int) int {
	date, end := s[:year], year
	for range 2 {
		mark, size := separator(s[end:])
		if mark == none || digitRun(s[end+size:]) != 2 {
			return 0
		}
		end += size
		date += s[end : end+2]
		end += 2
	}
	mark, size := separator(s[end:])
	last := lastFour(s[end+size:], false)
	if mark == none || last == "" || !validDate(date) {
		return 0
	}
	if (mark != dash || year == 2) && !luhn(date[len(date)-6:]+last) {
		return 0
	}
	return end + size + len(last)
}

// mark is what stands between the date and the last four digits.
type mark int

const (
	none  mark = iota
	dash       // any dash or plus, perhaps with spaces around it
	blank      // spaces only
	other      // a mark that people put there now and then, and that other numbers hold too
)

// separator reads the separator that s begins with and returns its kind and its length in bytes.
func separator(s string) (mark, int) {
	before := spacing(s)
	r, size := utf8.DecodeRuneInString(s[before:])
	var kind mark
	switch {
	case strings.ContainsRune("-+\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\uff0b", r):
		kind = dash
	case strings.ContainsRune("/._:,*~=", r):
		kind = other
	case before > 0:
		return blank, before
	default:
		return none, 0
	}
	return kind, before + size + spacing(s[before+size:])
}

// spacing returns the length in bytes of the spaces that s begins with: at most maxSpacing of them, on the same line, those
// without width included.
func spacing(s string) int {
	length, count := 0, 0
	for _, r := range s {
		space := r == '\t' || unicode.Is(unicode.Zs, r) || unicode.Is(unicode.Cf, r) && r != '\u00ad'
		if !space {
			return length
		}
		if count++; count > maxSpacing {
			return 0
		}
		length += utf8.RuneLen(r)
	}
	return length
}

// lastFour returns the four digits that s begins with, or, where temporary numbers may stand, T and three characters of
// which the last two are digits; "" when there are none or a longer row of digits goes on.
func lastFour(s string, temporary bool) string {
	switch {
	case digitRun(s) == 4:
		return s[:4]
	case temporary && len(s) >= 4 && (s[0] == 'T' || s[0] == 't') && isASCIIAlphanumeric(s[1]) && digitRun(s[2:]) == 2:
		return s[:4]
	}
	return ""
}

// validDate tells whether YYMMDD or YYYYMMDD is a date of birth, or one plus 60 days. A year of two digits may be of any
// century, so the 29th of February is a date in every fourth of them.
func validDate(digits string) bool {
	month, day := number(digits[len(digits)-4:len(digits)-2]), number(digits[len(digits)-2:])
	year := number(digits[:len(digits)-4])
	leap := year%4 == 0
	if len(digits) == 8 {
		if year < 1800 || year > 2099 {
			return false
		}
		leap = leap && (year%100 != 0 || year%400 == 0)
	}
	if day > coordinationOffset {
		day -= coordinationOffset
	}
	if month < 1 || month > 12 {
		return false
	}
	days := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
	if leap && month == 2 {
		days++
	}
	return day >= 1 && day <= days
}

// luhn tells whether the last of the ten digits is their check digit: every other digit from the first counts twice, and
// the digit sums add up to whole tens.
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[i]) - '0'
		if i%2 == 0 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return sum%10 == 0
}

// number reads ASCII digits.
func number(digits string) int {
	n := 0
	for i := range len(digits) {
		n = 10*n + int(digits[i]-'0')
	}
	return n
}

// digitRun returns how many ASCII digits s begins with.
func digitRun(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

func isASCIIAlphanumeric(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
}
