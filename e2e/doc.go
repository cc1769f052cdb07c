// Package e2e tests the program as its people meet it: the built binary runs as a child process, a stand-in for Slack
// (workspace/slack) is its platform, and a SQLite file or a PostgreSQL database is its register. The tests do what people,
// networks and operators do (report, kill, cut off, forge) and look at what is left afterwards: in the chat, in what the
// program's own commands tell, and in its logs.
//
// It knows nothing of how the program is made. What is asked of the register is asked through "incidentbot export" and
// "incidentbot audit verify", as an operator would.
//
// Two environment variables: INCIDENTBOT_TEST_POSTGRES is the address of a PostgreSQL cluster that may be thrown away
// (see store/storetest), and INCIDENTBOT_KILLS says how many times the kill test kills the program on each database.
package e2e
