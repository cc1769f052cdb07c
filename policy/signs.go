package policy

// Topics that are no category: what the signs tell of a case besides.
const (
	topicPersonalData   topic = "personal_data"
	topicNoPersonalData topic = "no_personal_data"
	topicSensitive      topic = "sensitive"
	topicOngoing        topic = "ongoing"
	topicEnded          topic = "ended"
	topicNearMiss       topic = "near_miss"
	topicHarm           topic = "harm" // speaks against a near miss
	topicSupplier       topic = "supplier"
	topicSweden         topic = "sweden" // Sweden's security
	topicConfidential   topic = "confidentiality"
	topicIntegrity      topic = "integrity"
	topicAvailability   topic = "availability"
	topicTraceability   topic = "traceability"
	topicBorrowed       topic = "borrowed" // somebody else's login, card or key, or one of many
	topicTraceless      topic = "traceless"
	topicTraced         topic = "traced" // one can tell who it was: speaks against harmed traceability
)
