package main

import (
	"testing"

	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/report"
)

func TestTrainingIsTakenTogetherByAdministration(t *testing.T) {
	row := func(unit, kind, course string, asked, done, overdue, away int) handlers.TrainingRow {
		return handlers.TrainingRow{
			Unit: unit, Kind: kind, Course: course, Figures: handlers.Figures{Asked: asked, Done: done, Overdue: overdue, Away: away},
		}
	}
	got := trainingOfUnits([]handlers.TrainingRow{
		row("Hemtjänsten", "employee", "a", 10, 6, 2, 1), row("Hemtjänsten", "employee", "b", 8, 8, 0, 0), row("Vård", "manager", "a", 2, 1, 1, 0),
		row("Okänd", "employee", "a", 3, 0, 3, 0),
	}, []policy.Unit{{Name: "Vård"}, {Name: "Hemtjänsten", Parent: "Vård"}, {Name: "Skola"}, {Name: "Förskolan", Parent: "Skola"}})
	differs(t, "by administration", got, []report.TrainingOfUnit{
		{Unit: "Okänd", People: 3, Asked: 3, Overdue: 3}, {Unit: "Vård", People: 11, Asked: 19, Done: 15, Overdue: 3},
	})
}
