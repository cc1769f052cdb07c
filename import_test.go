package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
)

// differs fails the test when got is not as wanted.
func differs(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", what, diff)
	}
}

// tells fails the test unless err holds each of the words, in lines of their own.
func tells(t *testing.T, err error, lines ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("nothing is told, want %q", lines)
	}
	got := strings.Split(err.Error(), "\n")
	if len(got) != len(lines) {
		t.Errorf("%d problems are told, want %d:\n%v", len(got), len(lines), err)
		return
	}
	for i, want := range lines {
		if !strings.Contains(got[i], want) {
			t.Errorf("problem %d is %q, want %q in it", i+1, got[i], want)
		}
	}
}

const staffHeader = "email,name,unit,kind,manager_email,start_date,locale\n"

func TestParseStaff(t *testing.T) {
	maja := store.Person{
		Email: "maja@example.org", Name: "Maja Berg", Unit: "Hemtjänsten", Kind: "employee", ManagerEmail: "ali@example.org",
		StartDate: "2021-03-01", Locale: "sv", Active: true,
	}
	britta := store.Person{Email: "britta@example.org", Name: "Britta Sjö", Unit: "Fullmäktige", Kind: "elected", Locale: "en", Active: true}
	for name, content := range map[string]string{
		"commas": staffHeader + "maja@example.org,Maja Berg,Hemtjänsten,employee,ali@example.org,2021-03-01,sv\n" +
			"britta@example.org,Britta Sjö,Fullmäktige,elected,,,en\n",
		"semicolons, byte order mark and CRLF, as Swedish spreadsheets write": "\ufeffemail;name;unit;kind;manager_email;start_date;locale\r\n" +
			"maja@example.org;Maja Berg;Hemtjänsten;employee;ali@example.org;2021-03-01;sv\r\n" +
			"britta@example.org;Britta Sjö;Fullmäktige;elected;;;en\r\n",
		"columns in another order, with others among them": "name,locale,phone,email,kind,unit,start_date,manager_email\n" +
			"Maja Berg,sv,070,maja@example.org,employee,Hemtjänsten,2021-03-01,ali@example.org\n" +
			"Britta Sjö,en,,britta@example.org,elected,Fullmäktige,,\n",
		"space around and capital letters in addresses and columns": "Email , NAME,unit,kind,manager_email,start_date,locale\n" +
			" Maja@Example.org , Maja Berg ,Hemtjänsten,employee,ALI@example.org,2021-03-01,sv\n" +
			"britta@example.org,Britta Sjö,Fullmäktige,elected,,,en",
		"quotes": staffHeader + `"maja@example.org","Maja Berg","Hemtjänsten","employee","ali@example.org","2021-03-01","sv"` + "\n" +
			"britta@example.org,Britta Sjö,Fullmäktige,elected,,,en\n",
	} {
		t.Run(name, func(t *testing.T) {
			people, err := parseStaff([]byte(content))
			if err != nil {
				t.Fatal(err)
			}
			differs(t, "people", people, []store.Person{maja, britta})
		})
	}
}

func TestParseStaffTakesDiscordAccountsWhereTheyAreTold(t *testing.T) {
	people, err := parseStaff([]byte("discord_id," + staffHeader +
		"112233445566778899,maja@example.org,Maja,x,employee,,,sv\n,ali@example.org,Ali,x,manager,,,sv\n,bo@example.org,Bo,x,manager,,,sv\n"))
	if err != nil {
		t.Fatal(err)
	}
	var accounts []map[string]string
	for _, p := range people {
		accounts = append(accounts, p.Accounts)
	}
	differs(t, "accounts", accounts, []map[string]string{{"discord": "112233445566778899"}, {"discord": ""}, {"discord": ""}})
}

func TestImportingTheStaffListLinksDiscordAccounts(t *testing.T) {
	s := storetest.SQLite(t)
	imported := func(list string) store.Changes {
		t.Helper()
		people, err := parseStaff([]byte(list))
		if err != nil {
			t.Fatal(err)
		}
		var changes store.Changes
		if err := s.InTx(t.Context(), func(tx *store.Tx) error {
			changes, err = tx.ImportPeople(t.Context(), people)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return changes
	}
	email := func(id string) string {
		t.Helper()
		a, err := s.Account(t.Context(), "discord", id)
		if err != nil {
			t.Fatal(err)
		}
		return a.Email
	}
	const maja = "maja@example.org,Maja,x,employee,,,sv"
	list := "discord_id," + staffHeader + "1001," + maja + "\n"
	differs(t, "first", imported(list), store.Changes{Added: 1})
	differs(t, "whose", email("1001"), "maja@example.org")
	differs(t, "again", imported(list), store.Changes{Unchanged: 1})
	differs(t, "without the column", imported(staffHeader+maja+"\n"), store.Changes{Unchanged: 1})
	differs(t, "whose it still is", email("1001"), "maja@example.org")
	differs(t, "taken back", imported("discord_id,"+staffHeader+","+maja+"\n"), store.Changes{Changed: 1})
	differs(t, "whose it was", email("1001"), "")
}

func TestParseStaffNamesWhatIsWrong(t *testing.T) {
	const (
		good          = "maja@example.org,Maja Berg,Hemtjänsten,employee,,2021-03-01,sv\n"
		other         = "ali@example.org,Ali Nouri,Hemtjänsten,manager,,,sv\n"
		discordHeader = "discord_id," + staffHeader
	)
	for name, test := range map[string]struct {
		content string
		want    []string
	}{
		"an empty file":            {"", []string{"line 1: no header"}},
		"a missing column":         {"email,name,unit,kind,start_date,locale\n", []string{`line 1: the column "manager_email" is missing`}},
		"an empty name":            {staffHeader + "maja@example.org,,x,employee,,,sv\n", []string{"line 2: name"}},
		"no address":               {staffHeader + good + ",Maja,x,employee,,,sv\n", []string{`line 3: email: "" is no e-mail address`}},
		"an address that is none":  {staffHeader + "maja,Maja,x,employee,,,sv\n", []string{`line 2: email: "maja" is no e-mail address`}},
		"an address with a name":   {staffHeader + "Maja <maja@example.org>,Maja,x,employee,,,sv\n", []string{"line 2: email"}},
		"the same address twice":   {staffHeader + good + strings.ToUpper(good[:16]) + good[16:], []string{"line 3: email: it stands on line 2 as well"}},
		"a manager that is none":   {staffHeader + "maja@example.org,Maja,x,employee,ali,,sv\n", []string{`line 2: manager_email: "ali"`}},
		"a date written otherwise": {staffHeader + "maja@example.org,Maja,x,employee,,1/3 2021,sv\n", []string{`line 2: start_date: "1/3 2021" is no date`}},
		"a day that is not there":  {staffHeader + "maja@example.org,Maja,x,employee,,2021-02-30,sv\n", []string{"line 2: start_date"}},
		"a kind that is none":      {staffHeader + "maja@example.org,Maja,x,boss,,,sv\n", []string{`line 2: kind: "boss" is none of employee, elected, supplier, manager`}},
		"a language that is none":  {staffHeader + "maja@example.org,Maja,x,employee,,,fi\n", []string{`line 2: locale: "fi" is none of sv, en`}},
		"too few cells":            {staffHeader + "maja@example.org,Maja\n", []string{"line 2"}},
		"all lines at once":        {staffHeader + ",Maja,x,employee,,,sv\n" + good + "ali@example.org,,x,manager,,,sv\n", []string{"line 2: email", "line 4: name"}},
		"all of a line": {staffHeader + "maja,Maja,x,boss,,idag,fi\n", []string{
			"line 2: email", "start_date", "kind", "locale",
		}},
		"a line after one that runs over several": {staffHeader + "\"maja@example.org\",\"Maja\nBerg\",x,employee,,,sv\nali,Ali,x,manager,,,sv\n", []string{"line 4: email"}},
		"a Discord name":                {discordHeader + "maja#1," + good, []string{`line 2: discord_id: "maja#1" is no Discord id`}},
		"an id that was rounded":        {discordHeader + "1.12233E+17," + good, []string{"line 2: discord_id"}},
		"an id that is too long":        {discordHeader + "99999999999999999999," + good, []string{"line 2: discord_id"}},
		"no id but a nought":            {discordHeader + "0," + good, []string{"line 2: discord_id"}},
		"the same id twice":             {discordHeader + "1001," + good + "1001," + other, []string{"line 3: discord_id: it stands on line 2 as well"}},
		"an id among others that are":   {discordHeader + "1001," + good + "x," + other, []string{"line 3: discord_id"}},
		"several empty ids, and a name": {discordHeader + "," + good + "," + other + ",x@example.org,,x,employee,,,sv\n", []string{"line 4: name"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseStaff([]byte(test.content))
			tells(t, err, test.want...)
		})
	}
}

const systemsHeader = "key,name,owner_email,unit,supplier,confidentiality,integrity,availability,traceability,personal_data,classified_on\n"

func TestParseSystems(t *testing.T) {
	systems, err := parseSystems([]byte(systemsHeader +
		"omsorg,Omsorgssystemet,Ali@example.org,Social,Leverantör AB,3,2,1,0,yes,2026-02-10\n" +
		"bygglov,\"Bygglov, kartor\",,Samhälle,,,,,,,\n"))
	if err != nil {
		t.Fatal(err)
	}
	differs(t, "systems", systems, []store.System{
		{Key: "omsorg", Name: "Omsorgssystemet", OwnerEmail: "ali@example.org", Unit: "Social", Supplier: "Leverantör AB", PersonalData: policy.Yes,
			Levels: &policy.Levels{Confidentiality: 3, Integrity: 2, Availability: 1, Traceability: 0}, ClassifiedOn: "2026-02-10", Active: true},
		{Key: "bygglov", Name: "Bygglov, kartor", Unit: "Samhälle", PersonalData: policy.Unknown, Active: true},
	})
}

func TestParseSystemsReadsKindsOfPersonalData(t *testing.T) {
	header := strings.TrimSpace(systemsHeader) + ",data_kinds\n"
	systems, err := parseSystems([]byte(header + "a,A,,x,,,,,,yes,,\"health, contact\"\nb,B,,x,,,,,,yes,,\nc,C,,x,,,,,,yes,,hälsa\n"))
	tells(t, err, `line 4: data_kinds: "hälsa" is none of identity, contact`)
	if len(systems) != 2 {
		t.Fatalf("%d systems, want those of the lines that are right", len(systems))
	}
	differs(t, "kinds", systems[0].DataKinds, []string{"health", "contact"})
	differs(t, "an empty cell", systems[1].DataKinds, []string(nil))
}

func TestParseSystemsNamesWhatIsWrong(t *testing.T) {
	const good = "omsorg,Omsorgssystemet,,Social,,3,2,1,0,yes,2026-02-10\n"
	for name, test := range map[string]struct {
		lines string
		want  []string
	}{
		"no key":                      {",Namn,,x,,,,,,,\n", []string{"line 2: key and name"}},
		"no name":                     {"nyckel,,,x,,,,,,,\n", []string{"line 2: key and name"}},
		"the same key twice":          {good + good, []string{"line 3: key: it stands on line 2 as well"}},
		"a level that is too high":    {"a,A,,x,,4,2,1,0,yes,\n", []string{`line 2: confidentiality: "4" is none of 0, 1, 2, 3`}},
		"a level in words":            {"a,A,,x,,3,2,1,hög,yes,\n", []string{`line 2: traceability: "hög"`}},
		"some levels only":            {"a,A,,x,,3,,1,0,yes,\n", []string{"line 2: class levels: give all four or none"}},
		"personal data in Swedish":    {"a,A,,x,,,,,,ja,\n", []string{`line 2: personal_data: "ja" is none of yes, no, unknown`}},
		"an owner without an address": {"a,A,Ali,x,,,,,,yes,\n", []string{`line 2: owner_email: "ali" is no e-mail address`}},
		"a date that is none":         {"a,A,,x,,,,,,yes,2026\n", []string{`line 2: classified_on: "2026" is no date`}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseSystems([]byte(systemsHeader + test.lines))
			tells(t, err, test.want...)
		})
	}
}

func TestDemoFilesAreRight(t *testing.T) {
	staff, err := demoFiles.ReadFile("demo/staff.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parseStaff(staff); err != nil {
		t.Error(err)
	}
	systems, err := demoFiles.ReadFile("demo/systems.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parseSystems(systems); err != nil {
		t.Error(err)
	}
}

// Whatever a file holds: what is taken from it is whole, and nothing is taken twice.
func FuzzParseStaff(f *testing.F) {
	f.Add([]byte(staffHeader + "maja@example.org,Maja Berg,Hemtjänsten,employee,,2021-03-01,sv\n"))
	f.Add([]byte("discord_id," + staffHeader + "1001,maja@example.org,Maja Berg,Hemtjänsten,employee,,2021-03-01,sv\n"))
	f.Add([]byte("\ufeffemail;name;unit;kind;manager_email;start_date;locale\r\n\"a@b.se;\"\"x"))
	f.Fuzz(func(t *testing.T, content []byte) {
		people, err := parseStaff(content)
		if err != nil {
			return
		}
		seen, accounts := map[string]bool{}, map[string]bool{}
		for _, p := range people {
			if id := p.Accounts["discord"]; id != "" && accounts[id] {
				t.Errorf("two people have the account %s", id)
			}
			accounts[p.Accounts["discord"]] = true
			if p.Name == "" || p.Email == "" || seen[p.Email] || !p.Active {
				t.Errorf("taken: %+v", p)
			}
			seen[p.Email] = true
		}
	})
}

func FuzzParseSystems(f *testing.F) {
	f.Add([]byte(systemsHeader + "omsorg,Omsorgssystemet,,Social,,3,2,1,0,yes,2026-02-10\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		systems, err := parseSystems(content)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, s := range systems {
			if s.Key == "" || s.Name == "" || seen[s.Key] || s.PersonalData == "" {
				t.Errorf("taken: %+v", s)
			}
			seen[s.Key] = true
		}
	})
}
