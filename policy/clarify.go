package policy

import "slices"

// closeMargin is the distance in confidence between the two likeliest categories below which the reporter is asked which it is. Chosen from
// the figures in docs/classification.md: a wider one asks many more people, most of whom the suggestion was right for.
const closeMargin = 0.2

// Doubt returns the category that lies so close behind the one suggested that the reporter is asked which of them it is; "" when none does.
func Doubt(confidence float64, alternatives []Alternative) Category {
	if len(alternatives) == 0 || confidence-alternatives[0].Confidence >= closeMargin {
		return ""
	}
	return alternatives[0].Category
}

// confusable are the pairs of categories that have a clarifying question of their own. It is never written to.
var confusable = [][2]Category{
	{UnauthorisedAccess, Intrusion}, {UnauthorisedAccess, Theft}, {Misdelivery, PublishingError}, {Misdelivery, UnauthorisedAccess},
	{Intrusion, Malware}, {Loss, Theft}, {Misconfiguration, PublishingError},
}

// ConfusablePairs lists the pairs of categories that have a clarifying question of their own. The slice is the caller's own.
func ConfusablePairs() [][2]Category { return slices.Clone(confusable) }
