package policy

import "slices"

// TrainingAction is something to see or do about somebody's training.
type TrainingAction string

// The actions.
const (
	SeeTraining    TrainingAction = "see_training"     // a person's, by name
	MarkTraining   TrainingAction = "mark_training"    // remind a person, mark them absent, as left, or as trained
	SeeUnits       TrainingAction = "see_units"        // the figures of units, without names
	SeeAllTraining TrainingAction = "see_all_training" // the figures of the whole municipality, without names
)

// Relation is what somebody is to whom or what an action concerns.
type Relation string

// The relations.
const (
	Themself     Relation = "themself"
	TheirManager Relation = "their_manager" // the closest
	ManagerAbove Relation = "manager_above" // in line above it
)

// trainingAccess is the table of who may what: nobody is told of somebody else's training but the manager in line, and the CISO.
var trainingAccess = []struct {
	action    TrainingAction
	relations []Relation
	roles     []Role
}{
	{SeeTraining, []Relation{Themself, TheirManager}, nil},
	{MarkTraining, []Relation{TheirManager}, nil},
	{SeeUnits, []Relation{ManagerAbove}, triage},
	{SeeAllTraining, nil, triage},
}

// TrainingActions lists the actions. The slice is the caller's own.
func TrainingActions() []TrainingAction {
	all := make([]TrainingAction, len(trainingAccess))
	for i, row := range trainingAccess {
		all[i] = row.action
	}
	return all
}

// MayTrain tells whether somebody may do an action, by what they are to whom it concerns or by their roles. What no row allows is
// forbidden.
func MayTrain(a TrainingAction, relations []Relation, roles []Role) bool {
	for _, row := range trainingAccess {
		if row.action == a {
			return slices.ContainsFunc(relations, func(r Relation) bool { return slices.Contains(row.relations, r) }) ||
				slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(row.roles, r) })
		}
	}
	return false
}
