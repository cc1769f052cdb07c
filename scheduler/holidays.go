package scheduler

import (
	"sync"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/se"
)

// Holidays returns a calendar of the Swedish public holidays, and of the eves on which municipal offices are closed: Midsummer's Eve,
// Christmas Eve and New Year's Eve.
func Holidays() func(day time.Time) bool {
	calendar := &cal.Calendar{Cacheable: true}
	calendar.AddHoliday(se.Holidays...)
	var one sync.Mutex // the calendar writes to its cache when it is asked
	return func(day time.Time) bool {
		one.Lock()
		defer one.Unlock()
		actual, observed, _ := calendar.IsHoliday(day)
		return actual || observed
	}
}
