/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json - facts, judgements and cases as JSON.
 *
 * Strict on the way in: a name nobody knows is more likely a slip of the pen
 * than a wish, and a rule that silently lacks its fact decides wrongly.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

static const char *const verdicts[] = { "pass", "check", "stop" };

const char *
verdict_word(enum verdict verdict)
{
	return verdicts[verdict];
}

/* NULL: err is set. The words of the library may quote the input. */
static json_t *
load(const char *json, size_t n, size_t max, struct err *err)
{
	json_error_t error;
	json_t *root;
	char words[JSON_ERROR_TEXT_LENGTH * 3];

	if (n > max) {
		err_set(err, ERR_INPUT, "longer than %zu bytes", max);
		return NULL;
	}
	root = json_loadb(json, n, JSON_REJECT_DUPLICATES, &error);
	if (root == NULL) {
		text_clean(error.text, strlen(error.text), words,
		    sizeof(words));
		err_set(err, ERR_INPUT, "not JSON: %s", words);
		return NULL;
	}
	if (!json_is_object(root)) {
		json_decref(root);
		err_set(err, ERR_INPUT, "not a JSON object");
		return NULL;
	}
	return root;
}

/* A key for a message: cut short and safe to print. */
static const char *
shown(const char *key, char out[64])
{
	text_clean(key, strlen(key), out, 64);
	return out;
}

/* ---- facts ------------------------------------------------------------------ */

static int
fact_value(enum fact fact, const json_t *json, struct fact_value *value,
    struct err *err)
{
	static const char *const names[] = { "null", "a whole number",
		"a number", "text" };
	const struct fact_info *info = fact_info(fact);
	size_t n;

	*value = (struct fact_value){ .type = info->type };
	if (json_is_null(json))
		value->type = FACT_NULL;
	else if (info->type == FACT_INTEGER && json_is_integer(json))
		value->integer = json_integer_value(json);
	else if (info->type == FACT_REAL && json_is_number(json))
		value->real = json_number_value(json);
	else if (info->type == FACT_TEXT && json_is_string(json)) {
		n = json_string_length(json);
		if (n >= sizeof(value->text))
			return err_set(err, ERR_INPUT,
			    "%s: longer than %d bytes", info->name,
			    FACT_TEXT_MAX - 1);
		memcpy(value->text, json_string_value(json), n);
	} else
		return err_set(err, ERR_INPUT, "%s: must be %s", info->name,
		    names[info->type]);
	return 0;
}

/* Put the members of object over what facts holds. */
static int
facts_over(json_t *object, struct facts *facts, struct err *err)
{
	const char *key;
	json_t *json;
	char name[64];

	json_object_foreach(object, key, json) {
		struct fact_value value;
		enum fact fact = fact_find(key, strlen(key));

		if (fact == FACT_COUNT)
			return err_set(err, ERR_INPUT, "no such fact: \"%s\"",
			    shown(key, name));
		if (fact_value(fact, json, &value, err) < 0 ||
		    facts_set(facts, fact, &value, err) < 0)
			return -1;
	}
	return 0;
}

int
facts_parse(const char *text, size_t n, struct facts *facts, struct err *err)
{
	json_t *root = load(text, n, FACTS_JSON_MAX, err);
	int result;

	facts_init(facts);
	if (root == NULL)
		return -1;
	result = facts_over(root, facts, err);
	if (result < 0)
		facts_init(facts);
	json_decref(root);
	return result;
}

static json_t *
value_json(const struct fact_value *value)
{
	switch (value->type) {
	case FACT_INTEGER:
		return json_integer(value->integer);
	case FACT_REAL:
		return json_real(value->real);
	case FACT_TEXT:
		return json_string(value->text);
	default:
		return NULL;
	}
}

char *
facts_json(const struct facts *facts)
{
	json_t *root = json_object();
	char *text;

	for (int i = 0; i < FACT_COUNT; i++) {
		const struct fact_value *value =
		    facts_value(facts, (enum fact)i);

		if (value->type != FACT_NULL)
			json_object_set_new(root, fact_info((enum fact)i)->name,
			    value_json(value));
	}
	/* 15 digits bring 38.2 back as 38.2, and lose nothing measured. */
	text = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(15));
	json_decref(root);
	return text;
}

/* ---- judgements ------------------------------------------------------------- */

char *
judgement_json(const struct judgement *judgement)
{
	json_t *root = json_object(), *reasons = json_array(),
	    *unknown = json_array();
	char *text;

	for (size_t i = 0; i < judgement->nreasons; i++)
		json_array_append_new(reasons,
		    json_string(judgement->reasons[i].rule));
	for (size_t i = 0; i < judgement->nunknown; i++)
		json_array_append_new(unknown,
		    json_string(judgement->unknown[i]));
	json_object_set_new(root, "verdict",
	    json_string(verdict_word(judgement->verdict)));
	json_object_set_new(root, "reasons", reasons);
	json_object_set_new(root, "unknown", unknown);
	if (judgement->more > 0)
		json_object_set_new(root, "more",
		    json_integer((json_int_t)judgement->more));
	text = json_dumps(root, JSON_COMPACT);
	json_decref(root);
	return text;
}

/* ---- cases -------------------------------------------------------------------- */

static int
take_text(json_t *json, const char *key, char *out, size_t capacity,
    struct err *err)
{
	if (!json_is_string(json) || json_string_length(json) >= capacity)
		return err_set(err, ERR_INPUT,
		    "\"%s\" must be text of at most %zu bytes", key,
		    capacity - 1);
	memcpy(out, json_string_value(json), json_string_length(json) + 1);
	return 0;
}

static int
take_names(json_t *json, const char *key, char (*names)[RULE_NAME_MAX],
    size_t max, size_t *count, struct err *err)
{
	if (!json_is_array(json) || json_array_size(json) > max)
		return err_set(err, ERR_INPUT,
		    "\"%s\" must be a list of at most %zu names", key, max);
	*count = json_array_size(json);
	for (size_t i = 0; i < *count; i++)
		if (take_text(json_array_get(json, i), key, names[i],
		    RULE_NAME_MAX, err) < 0)
			return -1;
	return 0;
}

static int
take_verdict(json_t *json, enum verdict *verdict, struct err *err)
{
	for (size_t i = 0; json_is_string(json) && i < nitems(verdicts); i++)
		if (strcmp(json_string_value(json), verdicts[i]) == 0) {
			*verdict = (enum verdict)i;
			return 0;
		}
	return err_set(err, ERR_INPUT,
	    "\"verdict\" must be pass, check or stop");
}

static int
take_facts(json_t *json, struct policy_case *out, struct err *err)
{
	if (!json_is_object(json))
		return err_set(err, ERR_INPUT, "facts must be an object");
	return facts_over(json, &out->facts, err);
}

static int
take_member(const char *key, json_t *json, struct policy_case *out,
    struct err *err)
{
	char name[64];

	if (strcmp(key, "name") == 0)
		return take_text(json, key, out->name, sizeof(out->name), err);
	if (strcmp(key, "facts") == 0 || strcmp(key, "base") == 0)
		return take_facts(json, out, err);
	if (strcmp(key, "verdict") == 0)
		return take_verdict(json, &out->verdict, err);
	if (strcmp(key, "reasons") == 0)
		return take_names(json, key, out->reasons, REASONS_MAX,
		    &out->nreasons, err);
	if (strcmp(key, "unknown") == 0) {
		out->has_unknown = true;
		return take_names(json, key, out->unknown, UNKNOWN_MAX,
		    &out->nunknown, err);
	}
	if (strcmp(key, "text") == 0 || strcmp(key, "text_en") == 0) {
		enum language language = key[4] == '\0' ? LANGUAGE_VI :
		    LANGUAGE_EN;

		out->has_text[language] = true;
		return take_text(json, key, out->text[language],
		    REASON_TEXT_MAX, err);
	}
	return err_set(err, ERR_INPUT, "a case has no \"%s\"",
	    shown(key, name));
}

static int
take_record(json_t *root, struct facts *facts, enum verdict *verdict,
    char id[128], struct err *err)
{
	json_t *json = json_object_get(root, "facts"),
	    *was = json_object_get(root, "verdict"),
	    *name = json_object_get(root, "id");

	if (json == NULL || was == NULL)
		return 0;
	if (!json_is_object(json))
		return err_set(err, ERR_INPUT, "facts must be an object");
	if (name != NULL && take_text(name, "id", id, 128, err) < 0)
		return -1;
	if (take_verdict(was, verdict, err) < 0 ||
	    facts_over(json, facts, err) < 0)
		return -1;
	return 1;
}

int
policy_record(const char *text, size_t n, struct facts *facts,
    enum verdict *verdict, char id[128], struct err *err)
{
	json_t *root = load(text, n, POLICY_RECORD_MAX, err);
	int result;

	facts_init(facts);
	id[0] = '\0';
	if (root == NULL)
		return -1;
	result = take_record(root, facts, verdict, id, err);
	json_decref(root);
	return result;
}

int
case_parse(const char *line, size_t n, const struct facts *base,
    struct policy_case *out, struct err *err)
{
	static const char *const needed[] = { "name", "facts", "verdict",
		"reasons" };
	json_t *root = load(line, n, CASE_LINE_MAX, err), *json;
	const char *key;
	int result = 0;

	*out = (struct policy_case){ 0 };
	if (root == NULL)
		return -1;
	out->is_base = json_object_get(root, "base") != NULL;
	if (out->is_base && json_object_size(root) != 1)
		result = err_set(err, ERR_INPUT, "\"base\" stands alone");
	else if (!out->is_base)
		out->facts = *base;
	json_object_foreach(root, key, json) {
		if (result == 0)
			result = take_member(key, json, out, err);
	}
	for (size_t i = 0; result == 0 && !out->is_base && i < nitems(needed);
	    i++)
		if (json_object_get(root, needed[i]) == NULL)
			result = err_set(err, ERR_INPUT,
			    "a case needs \"%s\"", needed[i]);
	json_decref(root);
	return result;
}
