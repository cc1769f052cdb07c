// Package policy holds the rules of the municipality's information security policy, and of the laws that it leans on, as
// pure code: what a report is, which category it belongs to, how serious it is, who may do what with it. It imports
// nothing of this project, reads and writes nothing, and is told the time when it needs it. It knows no language that
// people read: whatever is shown is a key (a [Category], a severity reason's code) that a locale file puts in words. The
// signs that a report is recognised by are Swedish and English, because reports are.
//
// A file per clause:
//
//	clause.go            1–4     the clauses themselves
//	aspects.go           2, 2.7  the four aspects and the class levels of a system
//	report.go            2.6     what is known of a case when it is reported
//	category.go          2.6     the fifteen categories with their default aspects and their names in other taxonomies
//	cause.go             2.5     why an incident happened: the ground for risk analysis
//	measure.go           2.5     when the owner of a measure is reminded
//	risk.go              2.5     what a risk is estimated to, what the register suggests, and who may do what with the risks
//	regulation.go        2.6     the regulations that a case is handled by
//	classify.go          2.6     the suggestion made for a report, and the reasons for it
//	features.go, model.go 2.6    what is seen in a report, and the model that weighs it
//	learn.go             2.6     what a municipality's own decisions teach beside the model
//	clarify.go           2.6     when the reporter is asked which of two categories it is
//	train.go, example.go, evaluate.go  how the model is made of labelled reports, and how right it is
//	lexicon.go, words.go 2.6     how signs are written and found in a text
//	signs.go, signs_sv.go, signs_en.go  the signs themselves
//	similar.go           2.6     whether two reports are of one event
//	severity.go          2.6–2.7 how serious a case is, from the system's class levels
//	inventory.go         2.7     who may do what with a system of the inventory
//	obligation.go        2.6     what the law demands when something was decided, until when, and when somebody is reminded
//	significant.go       2.6     when an incident is proposed to be significant under cybersäkerhetslagen
//	affected.go          2.6     whom a case may affect, in the words of the authority's form
//	escalation.go        2.4     who is told in turn that nobody has taken a case, and when
//	access.go            2.4     the roles, and what each may do with a case
//	units.go             2.4     the tree of units, drawn from the line of managers
//	training.go          2.8     who is to take which course by when, and when they are reminded
//	training_access.go   2.8     who may see and do what about somebody's training
//	followup.go          3       what of the figures of a year is shown, and what they suggest
//	revision.go          4       when a governing document is revised, and who may do what with the revision
//	personnummer.go      2.3     personal identity numbers are taken out of free text
//	retention.go         2.3     when a closed case is anonymised
//	number.go            2.6     how a case is numbered in the register
package policy
