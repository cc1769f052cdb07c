package policy

import "slices"

// Member is what of a person of the staff list places them in the municipality.
type Member struct {
	Email   string
	Unit    string
	Manager string // e-mail address; "" none
}

// Unit is a part of the municipality: an administration, a board, a company, a supplier or a unit within one.
type Unit struct {
	Name    string
	Parent  string // the unit above; "" none
	Manager string // e-mail address of who is responsible for it; "" nobody is known to be
}

// Units draws the tree of units from the line of managers, which is the only one that a staff list tells (policy clause 2.4:
// responsibility follows the ordinary line of management). A unit is managed by the member whose own manager stands outside it and whom
// most of the others have as manager, in line; a unit whose managers are all elsewhere by the one whom most of its members have. The
// unit above is its manager's manager's, or its manager's own when that is another. A ring of units is cut at the first in order.
func Units(members []Member) []Unit {
	at := make(map[string]Member, len(members))
	manages := map[string]bool{}
	units := map[string]map[string]int{} // how many of a unit's members have whom in line
	for _, m := range members {
		at[m.Email] = m
		manages[m.Manager] = true
		if units[m.Unit] == nil {
			units[m.Unit] = map[string]int{}
		}
	}
	for _, m := range members {
		units[m.Unit][head(at, manages, m)]++
	}
	delete(units, "")
	tree := make([]Unit, 0, len(units))
	for name, heads := range units {
		u := Unit{Name: name, Manager: mostOf(heads)}
		if boss := at[u.Manager]; boss.Unit == name {
			u.Parent = at[boss.Manager].Unit
		} else {
			u.Parent = boss.Unit
		}
		if u.Parent == name {
			u.Parent = ""
		}
		tree = append(tree, u)
	}
	slices.SortFunc(tree, func(a, b Unit) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	cutRings(tree)
	return tree
}

// longestLine is more than there are managers above anybody.
const longestLine = 50

// head is the last in a member's line of managers who still belongs to the member's unit; the manager outside it when nobody in the unit
// stands between them.
func head(at map[string]Member, manages map[string]bool, m Member) string {
	top := m
	for range longestLine { // a line that is a ring ends
		boss, known := at[top.Manager]
		if !known || boss.Unit != m.Unit {
			break
		}
		top = boss
	}
	if top.Email == m.Email && m.Manager != "" && !manages[m.Email] {
		return m.Manager
	}
	return top.Email
}

func mostOf(count map[string]int) (most string) {
	for who, n := range count {
		if who != "" && (most == "" || n > count[most] || n == count[most] && who < most) {
			most = who
		}
	}
	return most
}

func cutRings(tree []Unit) {
	index := make(map[string]int, len(tree))
	for i, u := range tree {
		index[u.Name] = i
	}
	for i := range tree {
		up := tree[i].Parent
		for range tree {
			j, known := index[up]
			if !known {
				break
			}
			if j == i {
				tree[i].Parent = ""
				break
			}
			up = tree[j].Parent
		}
	}
}

// Administrations are, by unit, the förvaltning or company that it belongs to: the top of its branch, or where all branches meet in one
// unit, what is just below that.
func Administrations(tree []Unit) map[string]string {
	parents := make(map[string]string, len(tree))
	for _, u := range tree {
		parents[u.Name] = u.Parent
	}
	branch := func(unit string, below func(up string) bool) string {
		for range tree {
			up := parents[unit]
			if up == "" || below(up) {
				break
			}
			unit = up
		}
		return unit
	}
	tops := map[string]bool{} // of units that have something above them
	for _, u := range tree {
		if u.Parent != "" {
			tops[branch(u.Name, func(string) bool { return false })] = true
		}
	}
	all := make(map[string]string, len(tree))
	for _, u := range tree {
		all[u.Name] = branch(u.Name, func(up string) bool { return len(tops) == 1 && tops[up] })
	}
	return all
}

// Within tells whether a unit is another one or lies below it.
func Within(parents map[string]string, unit, above string) bool {
	for range len(parents) + 1 {
		if unit == above {
			return true
		}
		up, known := parents[unit]
		if !known || up == "" {
			return false
		}
		unit = up
	}
	return false
}
