package main

import (
	"context"
	"slices"
	"time"

	"tyreso.se/incidentbot/store"
)

// demoNewcomer has Maja begin today, so that she gets the grace of who is new.
func demoNewcomer(people []store.Person, now time.Time) {
	i := slices.IndexFunc(people, func(p store.Person) bool { return p.Name == "Maja Berg" })
	people[i].StartDate = now.Format(time.DateOnly)
}

// demoTrained has everybody but Maja taken their courses some time ago: Erik so long that he is late, Lena so that she is soon to take them
// again.
func demoTrained(ctx context.Context, tx *store.Tx) error {
	ago := map[string]int{"Maja Berg": 0, "Erik Sand": 14, "Lena Frid": 11}
	var completions []store.Completion
	saved, err := tx.People(ctx)
	if err != nil {
		return err
	}
	for i, p := range saved {
		months, special := ago[p.Name]
		if !special {
			months = 2 + i%7
		}
		if months == 0 {
			continue
		}
		day := tx.Now.AddDate(0, -months, 0).Format(time.DateOnly)
		for course, version := range map[string]string{"infosak-grund": "", "rapportera": "", "policy-last": "2026"} {
			completions = append(completions, store.Completion{
				PersonID: p.ID, Course: course, Version: version, CompletedOn: day, Source: "import:demo",
			})
		}
	}
	_, err = tx.AddCompletions(ctx, completions)
	return err
}
