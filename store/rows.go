package store

import (
	"time"

	"tyreso.se/incidentbot/policy"
)

// Times are UTC with millisecond precision everywhere. Pointers are nil where the column is NULL.

// Incident is one report in the register (policy clause 2.6).
type Incident struct {
	ID      int64
	Ref     string // opaque random id: what buttons and dialogs carry
	Number  string // INC-2026-0042, without gaps per year
	Version int64  // raised by every change; a card drawn from an older one is stale

	Status     Status
	ReporterID *int64 // accounts.id; nil when reported without a name
	Surface    string // the surface where it was reported
	Language   string // the reporter's language: sv, en

	Text            string // what happened, with personal identity numbers masked
	Done            string // what has been done already
	OccurredAt      *time.Time
	DiscoveredAt    time.Time
	RegisteredAt    time.Time
	SystemID        *int64 // systems.id; nil: unknown or other
	SystemText      string // what the reporter wrote when the system is not in the inventory
	Form            string // digital, paper, speech or "" when not answered
	ReportedAspects policy.Aspects
	PersonalData    policy.Answer
	Persons         int    // roughly how many, 0 unknown: the lower bound of the interval chosen
	SensitiveData   bool   // sensitive or protected personal data
	SensitiveKinds  string // the kinds chosen, comma-separated keys
	Ongoing         policy.Answer
	NearMiss        bool
	StopQuestion    bool // concerns Sweden's security: holds no details

	Suggested       policy.Category // what the rules suggested
	Confidence      float64         // 0–1
	Category        policy.Category // in force
	CategoryReasons []policy.Reason // which signs led to the suggestion
	Aspects         policy.Aspects  // in force
	Regulations     []policy.Regulation
	Severity        policy.Severity // in force
	SeverityReasons []policy.SeverityReason
	SeverityNote    string // why it was changed by hand, "" when the rule's figure stands

	AcknowledgedAt *time.Time
	AcknowledgedBy *int64 // accounts.id
	ClosedAt       *time.Time
	ClosedBy       *int64 // accounts.id
	Cause          policy.Cause
	Lesson         string

	Assignee     string // who has it in hand, as the settings know them; "" nobody yet
	ResolvedAt   *time.Time
	EndedAt      *time.Time    // when it no longer went on
	Supplier     policy.Answer // a supplier is involved; "" nobody has said
	SupplierName string
	Crime        policy.Answer // a crime is suspected; "" nobody has said
	PoliceReport string        // the police's number of it
	Secret       bool          // marked as secret: only who works the cases, and who is drawn in by hand
	Involved     []policy.Role // drawn in by hand
	LeadID       *int64        // incidents.id of the case that this one is handled under

	ConfirmedAt     *time.Time           // when a person last confirmed the category
	Alternatives    []policy.Alternative // the next two after Suggested; none when the reporter has settled which it is
	AnonymisedAt    *time.Time           // when what people wrote was emptied last
	ReporterRemoved bool                 // it was known who reported
}

// Status is where a case stands.
type Status string

// The states of a case.
const (
	New          Status = "new"
	Acknowledged Status = "acknowledged"
	InProgress   Status = "in_progress"
	Resolved     Status = "resolved" // what happened is dealt with; what is left is to learn from it
	Closed       Status = "closed"
)

// Account is a person on a surface. Many never become linked to the staff list.
type Account struct {
	ID        int64
	Surface   string
	UserID    string // the surface's id
	Name      string
	Email     string     // lower case; "" unknown
	Language  string     // sv, en or ""
	PersonID  *int64     // people.id
	CheckedAt *time.Time // when the surface was last asked who this is
}

// Person is a row of the staff list.
type Person struct {
	ID           int64
	Email        string // lower case, unique
	Name         string
	Unit         string
	Kind         string // employee, elected, supplier, manager
	ManagerEmail string
	StartDate    string // 2006-01-02 or ""
	Locale       string // sv, en
	Active       bool
	AbsentUntil  string // the last day of the latest absence, 2006-01-02 or ""
	// Accounts are the user ids that a staff list gives the person, by surface: "" says that there is none, a surface that is
	// missing is one that the list does not tell of. For ImportPeople; what is read from the register has none.
	Accounts map[string]string
}

// System is a row of the systems inventory (policy clause 2.7).
type System struct {
	ID           int64
	Key          string // unique
	Name         string
	OwnerEmail   string
	Unit         string
	Supplier     string
	Levels       *policy.Levels // nil: not classified
	PersonalData policy.Answer
	DataKinds    []string // of personal data, of policy.DataKinds; nil: nobody has said
	ClassifiedOn string   // 2006-01-02 or ""
	Active       bool
}

// Note is something that was written about a case after it was reported, and is part of it.
type Note struct {
	ID         int64
	IncidentID int64
	At         time.Time
	AuthorID   *int64 // accounts.id
	Kind       string // "to_reporter", "supplement" (the reporter's later version of the text) …; the handlers know them
	Text       string
	Source     string // of one that was captured: the message it was, no two notes from the same; else ""
}

// Affected is whom a case affected and how: what a notification of a personal data breach asks (GDPR article 33.3).
type Affected struct {
	IncidentID   int64
	People       []string // keys of groups of people
	Persons      int      // 0: not known
	Kinds        []string // keys of kinds of personal data
	Records      int      // 0: not known
	Consequences string
	Seriousness  string     // a key, "" not assessed
	Informed     string     // a key: whether the persons have been told, "" not said
	InformedAt   *time.Time // when they were
	InformedWhy  string     // why they were not
}

// Measure is something that is to be done because of a case or of a risk, by somebody and by a day.
type Measure struct {
	ID         int64
	Ref        string // opaque random id: what buttons and dialogs carry
	IncidentID *int64 // nil: of a risk
	RiskID     *int64 // nil: of a case
	Text       string
	OwnerEmail string // lower case
	OwnerName  string
	DueOn      string // 2006-01-02
	State      MeasureState
	CreatedAt  time.Time
	CreatedBy  int64 // accounts.id
	EndedAt    *time.Time
	EndedBy    *int64 // accounts.id
	Reason     string // why it will not be done
}

// MeasureState is where a measure stands.
type MeasureState string

// The states of a measure.
const (
	MeasureOpen    MeasureState = "open"
	MeasureDone    MeasureState = "done"
	MeasureDropped MeasureState = "dropped" // will not be done, because
)

// Attachment is a file that came with a report. Content is fetched after the commit.
type Attachment struct {
	ID         int64
	IncidentID int64
	Surface    string
	FileID     string // the surface's id
	Name       string
	Type       string
	Size       int64
	SHA256     string     // hex, "" until fetched
	FetchedAt  *time.Time // nil until fetched
	Failure    string     // why it could not be fetched for good, "" otherwise
}

// Draft is a dialog that was begun and not sent. One per account and dialog.
type Draft struct {
	AccountID int64
	Dialog    string
	Values    map[string][]string
	SavedAt   time.Time
}

// Delivery is one message on its way to one recipient: a row of the outbox. Deliveries of a lane go out in order of ID.
type Delivery struct {
	ID           int64
	Lane         string // bot.Address.String(): messages of a lane keep their order
	Surface      string
	Channel      string // either Channel
	UserID       string // or UserID, or
	Email        string // Email is set: a role holder known by e-mail only, resolved when sent
	Kind         string // what to draw: "card", "receipt", "news", …; the handlers know them
	IncidentID   *int64
	NoteID       *int64
	AttachmentID *int64
	ReminderID   *int64
	RevisionID   *int64
	SystemID     *int64 // the system that its owner is asked to classify
	MeasureID    *int64
	RiskID       *int64
	NoticeID     *int64 // of training: sent in its turn without a job of its own
	Urgent       bool   // false: bulk, which never delays urgent
	CreatedAt    time.Time
	Attempts     int
	AttemptedAt  *time.Time
	LastError    string // the platform's code, never an address or a text
	SentAt       *time.Time
	SkippedAt    *time.Time // lost its point before it was sent, or its reader could not be reached
	DeadAt       *time.Time // given up: a dead letter
	UnreachedAt  *time.Time // its reader takes no messages; SkippedAt is set too
}

// Card is one posted copy of the card of an incident or of a revision, to be edited on every change.
type Card struct {
	ID           int64
	IncidentID   int64 // 0: of no incident
	RevisionID   *int64
	Lane         string
	Surface      string
	Channel      string     // bot.Ref
	MessageID    string     // bot.Ref
	DrawnVersion int64      // Incident.Version or Revision.Version that it shows
	LostAt       *time.Time // the message is gone: no longer edited
}

// Event is one link of the audit chain: append-only, each with the hash of the one before.
type Event struct {
	Seq      int64 // 1, 2, 3 … without gaps
	At       time.Time
	Actor    string // "chat:U123", "anonymous", "system", "cli:root"
	Action   string // "incident.reported", "incident.acknowledged", "access.refused" …
	Subject  string // incident number, system key …; "" none
	Detail   string // JSON object of coded values, old and new; never free text from a report
	PrevHash string // hex SHA-256
	Hash     string // hex SHA-256 over the above
}
