/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * option - the options of a pack, each checked and taken by itself.
 *
 * An option comes as its text and its line. Every function moves *line on to
 * the option's line before it complains, so that the caller can name it.
 */
#include "parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

const char *const pack_outcomes[] = { "passed", "turned-back", "health-desk",
	"held", "waiting", "left", "none", NULL };

static int
find_word(const char *const *words, const char *text)
{
	for (int i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], text) == 0)
			return i;
	return -1;
}

int
option_verdict(struct given option, const char *what, enum verdict *verdict,
    int *line, struct err *err)
{
	static const char *const words[] = { "pass", "check", "stop", NULL };
	int found = option.text == NULL ? -1 : find_word(words, option.text);

	if (option.text != NULL)
		*line = option.line;
	if (found < 0)
		return err_set(err, ERR_SETUP,
		    "%s must be pass, check or stop", what);
	*verdict = (enum verdict)found;
	return 0;
}

/* Text for people: one line, nothing that a terminal would act upon. */
int
option_line(struct given option, const char *what, char *out, size_t capacity,
    int *line, struct err *err)
{
	size_t n = strlen(option.text);

	*line = option.line;
	if (n == 0)
		return err_set(err, ERR_SETUP, "%s is empty", what);
	if (n >= capacity)
		return err_set(err, ERR_SETUP, "%s is longer than %zu bytes",
		    what, capacity - 1);
	if (!utf8_valid(option.text, n) || strpbrk(option.text, "\n\t") != NULL)
		return err_set(err, ERR_SETUP, "%s must be one line of text",
		    what);
	text_clean(option.text, n, out, capacity);
	if (strstr(out, "\xef\xbf\xbd") != NULL)
		return err_set(err, ERR_SETUP,
		    "%s has a character that cannot be shown", what);
	return 0;
}

int
option_copy(struct given option, const char *what, size_t capacity, char **out,
    int *line, struct err *err)
{
	char text[1000];

	if (option.text == NULL)
		return 0;
	if (option_line(option, what, text, capacity, line, err) < 0)
		return -1;
	*out = strdup(text);
	return *out != NULL ? 0 :
	    err_set(err, ERR_RETRY, "out of memory");
}

int
option_name(const char *title, char out[RULE_NAME_MAX], struct err *err)
{
	struct given option = { title, 0 };
	int line;

	if (title[0] == '\0' || strpbrk(title, " \"\\") != NULL)
		return err_set(err, ERR_SETUP, "a name is one word");
	return option_line(option, "the name", out, RULE_NAME_MAX, &line, err);
}

/* Plain decimal numbers: what is written is also what is shown. */
static bool
plain_number(const char *text, bool *whole)
{
	size_t digits = 0, points = 0;

	if (*text == '-')
		text++;
	for (; *text != '\0'; text++) {
		if (isdigit((unsigned char)*text))
			digits++;
		else if (*text == '.' && digits > 0 && text[1] != '\0')
			points++;
		else
			return false;
	}
	*whole = points == 0;
	return digits >= 1 && digits <= 15 && points <= 1;
}

int
option_number(struct given option, struct pack_value *value, int *line,
    struct err *err)
{
	if (option.text == NULL)
		return err_set(err, ERR_SETUP, "value is missing");
	*line = option.line;
	if (strlen(option.text) >= sizeof(value->text) ||
	    !plain_number(option.text, &value->whole))
		return err_set(err, ERR_SETUP,
		    "value must be a plain number, as 38 or 37.5");
	memcpy(value->text, option.text, strlen(option.text) + 1);
	value->number = strtod(option.text, NULL);
	return 0;
}

int
option_condition(struct given option, struct pack_rule *rule, struct err *err)
{
	size_t n;

	if (option.text == NULL)
		return err_set(err, ERR_SETUP, "when is missing");
	rule->line = option.line;
	n = strlen(option.text);
	if (n > PACK_CONDITION_MAX)
		return err_set(err, ERR_SETUP, "when is longer than %d bytes",
		    PACK_CONDITION_MAX);
	/* An escape within quotes can still make what scan_text() refused. */
	for (size_t i = 0; i < n; i++)
		if (iscntrl((unsigned char)option.text[i]) &&
		    strchr("\n\r\t", option.text[i]) == NULL)
			return err_set(err, ERR_SETUP,
			    "when has a control character");
	if (!utf8_valid(option.text, n))
		return err_set(err, ERR_SETUP, "when is not UTF-8 text");
	rule->when = strdup(option.text);
	return rule->when != NULL ? 0 :
	    err_set(err, ERR_RETRY, "out of memory");
}

int
option_outcome(struct given option, struct pack_rule *rule, int *line,
    struct err *err)
{
	if (option.text == NULL)
		return 0;
	*line = option.line;
	if (find_word(pack_outcomes, option.text) < 0)
		return err_set(err, ERR_SETUP, "outcome must be turned-back, "
		    "health-desk, held, waiting, left, none or passed");
	/* Enter does the outcome; it must never let pass what is in doubt. */
	if (rule->verdict != VERDICT_PASS &&
	    strcmp(option.text, "passed") == 0)
		return err_set(err, ERR_SETUP,
		    "outcome passed goes with verdict pass only");
	memcpy(rule->outcome, option.text, strlen(option.text) + 1);
	return 0;
}

int
option_unknown(struct given option, struct pack_rule *rule, int *line,
    struct err *err)
{
	static const char *const words[] = { "check", "pass", NULL };
	int found;

	if (option.text == NULL)
		return 0;
	*line = option.line;
	found = find_word(words, option.text);
	if (found < 0)
		return err_set(err, ERR_SETUP, "unknown must be check or pass");
	rule->unknown_passes = found == 1;
	return 0;
}

int
option_needs_facts(struct given option, int *line, struct err *err)
{
	bool whole = false;

	if (option.text == NULL)
		return 0;
	*line = option.line;
	if (!plain_number(option.text, &whole) || !whole ||
	    strtol(option.text, NULL, 10) < 1)
		return err_set(err, ERR_SETUP,
		    "needs_facts must be a whole number from 1");
	if (strtol(option.text, NULL, 10) > POLICY_FACTS_VERSION)
		return err_set(err, ERR_SETUP, "needs facts version %s; this "
		    "program has %d", option.text, POLICY_FACTS_VERSION);
	return 0;
}

int
option_need(struct given option, unsigned *needs, int *line, struct err *err)
{
	static const char *const words[] = { "identity", "temperature", NULL };
	int found = find_word(words, option.text);

	*line = option.line;
	if (found < 0)
		return err_set(err, ERR_SETUP,
		    "needs may be identity and temperature");
	*needs |= 1u << found;
	return 0;
}

/* Which outcome gives what: a word of a fact that has words. */
int
option_granted(struct given outcome, struct given fact, struct given value,
    struct policy_grant *grant, int *line, struct err *err)
{
	struct fact_value word = { .type = FACT_TEXT };
	struct facts facts;

	if (outcome.text == NULL || fact.text == NULL || value.text == NULL)
		return err_set(err, ERR_SETUP,
		    "a grant has outcome, fact and value");
	*line = outcome.line;
	if (find_word(pack_outcomes, outcome.text) < 0 ||
	    strcmp(outcome.text, "waiting") == 0)
		return err_set(err, ERR_SETUP, "outcome must be passed, "
		    "turned-back, health-desk, held, left or none");
	*line = fact.line;
	grant->fact = fact_find(fact.text, strlen(fact.text));
	if (grant->fact == FACT_COUNT ||
	    fact_info(grant->fact)->words == NULL)
		return err_set(err, ERR_SETUP,
		    "fact must be one that has certain words");
	*line = value.line;
	if (strlen(value.text) >= sizeof(word.text))
		return err_set(err, ERR_SETUP, "value is too long");
	strcpy(word.text, value.text);
	facts_init(&facts);
	if (facts_set(&facts, grant->fact, &word, NULL) < 0)
		return err_set(err, ERR_SETUP, "%s: not a word of this fact",
		    value.text);
	strcpy(grant->outcome, outcome.text);
	strcpy(grant->value, value.text);
	return 0;
}

int
option_days(struct given option, int *days, int *line, struct err *err)
{
	bool whole;

	if (option.text == NULL)
		return err_set(err, ERR_SETUP, "days is missing");
	*line = option.line;
	if (!plain_number(option.text, &whole) || !whole ||
	    strtol(option.text, NULL, 10) < 1 ||
	    strtol(option.text, NULL, 10) > PACK_DAYS_MAX)
		return err_set(err, ERR_SETUP,
		    "days must be a whole number from 1 to %d", PACK_DAYS_MAX);
	*days = (int)strtol(option.text, NULL, 10);
	return 0;
}
