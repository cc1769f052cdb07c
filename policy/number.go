package policy

import (
	"fmt"
	"strconv"
	"strings"
)

// numberPrefix begins every incident number.
const numberPrefix = "INC"

// IncidentNumber writes the number of the n-th incident of a year, such as "INC-2026-0042": four digits, more when four
// are not enough. year is 1–9999 and n at least 1; what the register gives.
func IncidentNumber(year, n int) string {
	return fmt.Sprintf("%s-%04d-%04d", numberPrefix, year, n)
}

// ParseIncidentNumber reads what [IncidentNumber] wrote, in either case, with space around it and with leading zeros left
// out ("inc-2026-42"). ok is false for anything else.
func ParseIncidentNumber(s string) (year, n int, ok bool) {
	parts := strings.Split(strings.TrimSpace(s), "-")
	if len(parts) != 3 || !strings.EqualFold(parts[0], numberPrefix) || len(parts[1]) != 4 {
		return 0, 0, false
	}
	year, yearOK := parsePositive(parts[1])
	n, nOK := parsePositive(parts[2])
	if !yearOK || !nOK {
		return 0, 0, false
	}
	return year, n, true
}

// parsePositive reads plain digits, without the signs and underscores that strconv would allow.
func parsePositive(digits string) (int, bool) {
	if strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil && n > 0
}
