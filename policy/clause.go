package policy

// Clause is a clause of the municipality's information security policy.
type Clause struct {
	Number string
	Title  string // as the policy, which is Swedish, has it
}

// Clauses lists the clauses of the policy in their order. The slice is the caller's own.
func Clauses() []Clause {
	return []Clause{
		{"1", "Bakgrund"},
		{"2", "Grundläggande principer och mål för informationssäkerhetsarbetet"},
		{"2.1", "Vad skall uppnås med informationssäkerhetsarbetet"},
		{"2.2", "Definition av informationssäkerhet och dess centrala begrepp"},
		{"2.3", "Dataskyddsförordningen (GDPR)"},
		{"2.4", "Organisatorisk omfattning och ansvar"},
		{"2.5", "Risk- och sårbarhetsanalys"},
		{"2.6", "Informationssäkerhetsincident"},
		{"2.7", "Systemförteckning och klassning"},
		{"2.8", "Kunskap och utbildning"},
		{"3", "Uppföljning"},
		{"4", "Revidering"},
	}
}
