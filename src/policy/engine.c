/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine - conditions in SQL over one row, in a SQLite that can do nothing
 * else.
 *
 * Three fences, each enough for most mischief: the condition is looked
 * through before it is compiled (it may not close its parenthesis, comment
 * out what follows or end the statement); an authorizer allows one SELECT,
 * the columns of `facts` and a list of harmless functions; limits and a
 * progress handler bound what a condition may cost.
 */
#include "parts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sqlite3.h>

#define BEFORE "SELECT ("
#define AFTER "\n) FROM facts"

/* Steps of SQLite's machine for one condition; 4,096 bytes of text compile to
 * far fewer, so only a loop could use them up. */
#define STEPS_EACH 1000
#define STEPS_MAX 50

struct engine {
	sqlite3 *db;
	sqlite3_stmt *put; /* facts into the row */
	sqlite3_stmt **conditions;
	size_t count;
	bool fenced;
	int selects;      /* of the condition being compiled */
	uint64_t reads;
	const char *denied; /* why the authorizer said no, or NULL */
	int steps;
};

static const char *const functions[] = { "abs", "coalesce", "ifnull", "nullif",
	"iif", "length", "lower", "upper", "substr", "instr", "round", "min",
	"max", "like", "glob" };

static const struct {
	int limit, value;
} limits[] = {
	{ SQLITE_LIMIT_LENGTH, 100000 },
	{ SQLITE_LIMIT_SQL_LENGTH, PACK_CONDITION_MAX + 100 },
	{ SQLITE_LIMIT_COLUMN, FACT_COUNT },
	{ SQLITE_LIMIT_EXPR_DEPTH, 100 },
	{ SQLITE_LIMIT_COMPOUND_SELECT, 1 },
	{ SQLITE_LIMIT_VDBE_OP, 5000 },
	{ SQLITE_LIMIT_FUNCTION_ARG, 16 },
	{ SQLITE_LIMIT_ATTACHED, 0 },
	{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 64 },
	{ SQLITE_LIMIT_VARIABLE_NUMBER, 64 },
	{ SQLITE_LIMIT_TRIGGER_DEPTH, 0 },
	{ SQLITE_LIMIT_WORKER_THREADS, 0 },
};

static const int switched_off[] = { SQLITE_DBCONFIG_DQS_DML,
	SQLITE_DBCONFIG_DQS_DDL, SQLITE_DBCONFIG_TRUSTED_SCHEMA,
	SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, SQLITE_DBCONFIG_ENABLE_TRIGGER,
	SQLITE_DBCONFIG_ENABLE_VIEW };

/* ---- fences ------------------------------------------------------------------- */

static int
deny(struct engine *engine, const char *why)
{
	engine->denied = why;
	return SQLITE_DENY;
}

static int
allow_function(struct engine *engine, const char *name)
{
	for (size_t i = 0; name != NULL && i < nitems(functions); i++)
		if (strcasecmp(name, functions[i]) == 0)
			return SQLITE_OK;
	return deny(engine, "function not allowed");
}

static int
allow_read(struct engine *engine, const char *table, const char *column,
    const char *database)
{
	enum fact fact;

	if (table == NULL || column == NULL || strcmp(table, "facts") != 0 ||
	    (database != NULL && strcmp(database, "main") != 0))
		return deny(engine, "only facts can be read");
	if (column[0] == '\0') /* no column at all: a condition like "1" */
		return SQLITE_OK;
	fact = fact_find(column, strlen(column));
	if (fact == FACT_COUNT)
		return deny(engine, "only facts can be read");
	engine->reads |= FACT_BIT(fact);
	return SQLITE_OK;
}

static int
authorize(void *arg, int action, const char *a, const char *b, const char *c,
    const char *d)
{
	struct engine *engine = arg;

	(void)d;
	if (!engine->fenced)
		return SQLITE_OK;
	if (action == SQLITE_SELECT)
		return ++engine->selects == 1 ? SQLITE_OK :
		    deny(engine, "SELECT not allowed in a condition");
	if (action == SQLITE_READ)
		return allow_read(engine, a, b, c);
	if (action == SQLITE_FUNCTION)
		return allow_function(engine, b);
	return deny(engine, "not allowed in a condition");
}

static int
on_progress(void *arg)
{
	struct engine *engine = arg;

	return ++engine->steps > STEPS_MAX;
}

/* ---- opening -------------------------------------------------------------------- */

static int
make_row(struct engine *engine)
{
	static const char *const types[] = { "", "INTEGER", "REAL", "TEXT" };
	char create[4096] = "CREATE TABLE facts (", put[4096] =
	    "UPDATE facts SET ";

	for (int i = 0; i < FACT_COUNT; i++) {
		const struct fact_info *info = fact_info((enum fact)i);
		const char *comma = i > 0 ? ", " : "";
		size_t n = strlen(create), m = strlen(put);

		snprintf(create + n, sizeof(create) - n, "%s\"%s\" %s", comma,
		    info->name, types[info->type]);
		snprintf(put + m, sizeof(put) - m, "%s\"%s\" = ?%d", comma,
		    info->name, i + 1);
	}
	strcat(create, "); INSERT INTO facts DEFAULT VALUES;");
	if (sqlite3_exec(engine->db, create, NULL, NULL, NULL) != SQLITE_OK)
		return -1;
	return sqlite3_prepare_v3(engine->db, put, -1,
	    SQLITE_PREPARE_PERSISTENT, &engine->put, NULL) == SQLITE_OK ?
	    0 : -1;
}

static int
open_db(struct engine *engine)
{
	if (sqlite3_open_v2(":memory:", &engine->db, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return -1;
	for (size_t i = 0; i < nitems(switched_off); i++)
		sqlite3_db_config(engine->db, switched_off[i], 0, NULL);
	/* Setting an authorizer later would expire the prepared `put`. */
	sqlite3_set_authorizer(engine->db, authorize, engine);
	sqlite3_progress_handler(engine->db, STEPS_EACH, on_progress, engine);
	if (sqlite3_exec(engine->db, "PRAGMA journal_mode = OFF", NULL, NULL,
	    NULL) != SQLITE_OK || make_row(engine) < 0)
		return -1;
	for (size_t i = 0; i < nitems(limits); i++)
		sqlite3_limit(engine->db, limits[i].limit, limits[i].value);
	engine->fenced = true;
	return 0;
}

struct engine *
engine_new(struct err *err)
{
	struct engine *engine = calloc(1, sizeof(*engine));

	if (engine == NULL || open_db(engine) < 0) {
		err_set(err, ERR_RETRY, "no room for the policy engine");
		engine_free(engine);
		return NULL;
	}
	return engine;
}

void
engine_free(struct engine *engine)
{
	if (engine == NULL)
		return;
	for (size_t i = 0; i < engine->count; i++)
		sqlite3_finalize(engine->conditions[i]);
	free(engine->conditions);
	sqlite3_finalize(engine->put);
	sqlite3_close(engine->db);
	free(engine);
}

/* ---- compiling --------------------------------------------------------------------- */

/* The offset of the quote that ends the text begun at `at`, or of the end. */
static size_t
text_end(const char *condition, size_t at)
{
	for (at++; condition[at] != '\0'; at++) {
		if (condition[at] != '\'')
			continue;
		if (condition[at + 1] != '\'')
			return at;
		at++;
	}
	return at;
}

static const char *
forbidden(const char *at)
{
	static const struct {
		const char *mark, *words;
	} marks[] = {
		{ "--", "a condition has no comments" },
		{ "/*", "a condition has no comments" },
		{ ";", "a condition has no ;" },
		{ "\"", "texts are written 'in single quotes'" },
		{ "`", "texts are written 'in single quotes'" },
		{ "[", "[ is not allowed in a condition" },
		{ "?", "values are written :name" },
		{ "@", "values are written :name" },
		{ "$", "values are written :name" },
		{ "#", "values are written :name" },
	};

	for (size_t i = 0; i < nitems(marks); i++)
		if (strncmp(at, marks[i].mark, strlen(marks[i].mark)) == 0)
			return marks[i].words;
	return NULL;
}

/* NULL, or what is wrong and *at where. */
static const char *
look_through(const char *condition, int *at)
{
	const char *words = NULL;
	int depth = 0;
	size_t i;

	for (i = 0; words == NULL && condition[i] != '\0'; i++) {
		*at = (int)i;
		if (condition[i] == '\'') {
			i = text_end(condition, i);
			if (condition[i] == '\0')
				return "the text that begins here has no end";
			continue;
		}
		words = forbidden(condition + i);
		depth += (condition[i] == '(') - (condition[i] == ')');
		if (words == NULL && depth < 0)
			words = "a ) too many";
	}
	if (words == NULL && depth > 0) {
		*at = (int)i;
		words = "a ) is missing";
	}
	return words;
}

/* Where the last word of an error stands in the condition, or -1. */
static int
find_culprit(const char *condition, const char *message)
{
	const char *word = strrchr(message, ' ');
	const char *found = word == NULL || word[1] == '\0' ? NULL :
	    strcasestr(condition, word + 1);

	return found == NULL ? -1 : (int)(found - condition);
}

static int
complain(struct engine *engine, const char *condition, int *at,
    struct err *err)
{
	const char *message = sqlite3_errmsg(engine->db);
	int offset = sqlite3_error_offset(engine->db) - (int)strlen(BEFORE);

	*at = offset >= 0 && offset <= (int)strlen(condition) ? offset :
	    find_culprit(condition, message);
	if (engine->denied != NULL) {
		bool function = strcmp(engine->denied,
		    "function not allowed") == 0;

		if (!function && *at < 0) {
			const char *found = strcasestr(condition, "select");

			*at = found == NULL ? -1 : (int)(found - condition);
		}
		return err_set(err, ERR_SETUP, "%s%s", engine->denied,
		    function && strrchr(message, ' ') != NULL ?
		    strrchr(message, ' ') : "");
	}
	if (strncmp(message, "no such column: ", 16) == 0)
		return err_set(err, ERR_SETUP,
		    "no such fact: %s (texts are written 'so')", message + 16);
	return err_set(err, ERR_SETUP, "%s", message);
}

static int
bind_value(sqlite3_stmt *statement, int i, const char *condition,
    const struct pack *pack, int *at, struct err *err)
{
	const char *name = sqlite3_bind_parameter_name(statement, i);
	const struct pack_value *value = NULL;
	const char *found;

	if (name != NULL && name[0] == ':')
		value = pack_value(pack, name + 1, strlen(name + 1));
	if (value == NULL) {
		found = name == NULL ? NULL : strstr(condition, name);
		*at = found == NULL ? -1 : (int)(found - condition);
		return err_set(err, ERR_SETUP, "%s is not set in this pack",
		    name == NULL ? "?" : name);
	}
	if (value->whole)
		sqlite3_bind_int64(statement, i, (int64_t)value->number);
	else
		sqlite3_bind_double(statement, i, value->number);
	return 0;
}

static int
check_statement(sqlite3_stmt *statement, const char *condition,
    const char *tail, const struct pack *pack, int *at, struct err *err)
{
	*at = -1;
	if (statement == NULL || tail[0] != '\0')
		return err_set(err, ERR_SETUP, "more than one condition");
	if (sqlite3_column_count(statement) != 1)
		return err_set(err, ERR_SETUP,
		    "a condition is one value, not several");
	for (int i = 1; i <= sqlite3_bind_parameter_count(statement); i++)
		if (bind_value(statement, i, condition, pack, at, err) < 0)
			return -1;
	return 0;
}

static int
keep(struct engine *engine, sqlite3_stmt *statement, struct err *err)
{
	void *more = realloc(engine->conditions,
	    (engine->count + 1) * sizeof(*engine->conditions));

	if (more == NULL)
		return err_set(err, ERR_RETRY, "out of memory");
	engine->conditions = more;
	engine->conditions[engine->count] = statement;
	return (int)engine->count++;
}

int
engine_compile(struct engine *engine, const char *condition,
    const struct pack *pack, uint64_t *reads, int *at, struct err *err)
{
	char sql[PACK_CONDITION_MAX + 64];
	const char *words = look_through(condition, at), *tail = "";
	sqlite3_stmt *statement = NULL;
	int number;

	if (words != NULL)
		return err_set(err, ERR_SETUP, "%s", words);
	*at = -1;
	if (snprintf(sql, sizeof(sql), BEFORE "%s" AFTER, condition) >=
	    (int)sizeof(sql))
		return err_set(err, ERR_SETUP, "the condition is too long");
	engine->selects = 0;
	engine->reads = 0;
	engine->denied = NULL;
	engine->steps = 0;
	if (sqlite3_prepare_v3(engine->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
	    &statement, &tail) != SQLITE_OK)
		return complain(engine, condition, at, err);
	if (check_statement(statement, condition, tail, pack, at, err) < 0 ||
	    (number = keep(engine, statement, err)) < 0) {
		sqlite3_finalize(statement);
		return -1;
	}
	*reads = engine->reads;
	return number;
}

/* ---- judging -------------------------------------------------------------------------- */

static int
bind_fact(sqlite3_stmt *put, int i, const struct fact_value *value)
{
	switch (value->type) {
	case FACT_INTEGER:
		return sqlite3_bind_int64(put, i, value->integer);
	case FACT_REAL:
		return sqlite3_bind_double(put, i, value->real);
	case FACT_TEXT:
		return sqlite3_bind_text(put, i, value->text, -1,
		    SQLITE_TRANSIENT);
	default:
		return sqlite3_bind_null(put, i);
	}
}

int
engine_set(struct engine *engine, const struct facts *facts)
{
	int result;

	/* A fact that is left out would be a verdict without it: F0 may pass. */
	for (int i = 0; i < FACT_COUNT; i++)
		if (bind_fact(engine->put, i + 1,
		    facts_value(facts, (enum fact)i)) == SQLITE_NOMEM)
			mem_none();
	engine->steps = 0;
	result = sqlite3_step(engine->put);
	if (result == SQLITE_NOMEM)
		mem_none();
	sqlite3_reset(engine->put);
	return result == SQLITE_DONE ? 0 : -1;
}

/* Text is no truth value: SQL would call 'F0' false. */
static enum truth
truth_of(sqlite3_stmt *statement)
{
	switch (sqlite3_column_type(statement, 0)) {
	case SQLITE_NULL:
		return TRUTH_NULL;
	case SQLITE_INTEGER:
	case SQLITE_FLOAT:
		return sqlite3_column_double(statement, 0) != 0 ? TRUTH_TRUE :
		    TRUTH_FALSE;
	default:
		return TRUTH_ERROR;
	}
}

enum truth
engine_truth(struct engine *engine, int number)
{
	sqlite3_stmt *statement = engine->conditions[number];
	enum truth truth = TRUTH_ERROR;
	int result;

	engine->steps = 0;
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW) {
		truth = truth_of(statement);
		result = sqlite3_step(statement);
		if (result != SQLITE_DONE)
			truth = TRUTH_ERROR;
	}
	/* Another verdict than the rules say would be worse than none. */
	if (result == SQLITE_NOMEM)
		mem_none();
	sqlite3_reset(statement);
	return truth;
}
