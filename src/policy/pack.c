/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pack - the pack file as a struct, checked as far as it can be read
 * without compiling a condition. Each value is kept by libconfuse as "LINE:VALUE", so that errors can name
 * the line.
 */
#include "parts.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <confuse.h>

/* An option that no file can name leads from a section to its context:
 * libconfuse hands nothing else through. */
#define CONTEXT_OPTION "\x01"

struct context {
	const char *name; /* of the file */
	struct err *err;
	bool failed;
	char *mark; /* the value under way as "LINE:VALUE" */
};

static const struct {
	const char *names[LANGUAGES];
} text_options[RULE_TEXTS] = {
	[TEXT_REASON] = { { "reason", "reason_en" } },
	[TEXT_ADVICE] = { { "advice", "advice_en" } },
	[TEXT_PUBLIC] = { { "public", "public_en" } },
};

/* ---- libconfuse ------------------------------------------------------------------ */

static struct context *
context_of(cfg_t *cfg)
{
	for (cfg_opt_t *opt = cfg->opts; opt->name != NULL; opt++)
		if (strcmp(opt->name, CONTEXT_OPTION) == 0)
			return (struct context *)(void *)opt->simple_value.ptr;
	return NULL;
}

static void
on_error(cfg_t *cfg, const char *format, va_list ap)
{
	struct context *context = context_of(cfg);
	char words[200], clean[300];

	if (context->failed) /* the first says most */
		return;
	context->failed = true;
	vsnprintf(words, sizeof(words), format, ap);
	text_clean(words, strlen(words), clean, sizeof(clean));
	err_set(context->err, ERR_SETUP, "%s:%d: %s", context->name,
	    cfg->line, clean);
}

/* Every value comes by here while the line is still known. */
static int
on_value(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	struct context *context = context_of(cfg);
	size_t size = strlen(value) + 16;

	/* libconfuse starts an option anew when it is given again. Of the
	 * defaults, which have no use here, one keeps that it was given. */
	if (opt->def.boolean && opt->nvalues == 1) {
		cfg_error(cfg, "%s is given twice", opt->name);
		return -1;
	}
	opt->def.boolean = cfg_true;
	free(context->mark);
	context->mark = malloc(size);
	if (context->mark == NULL)
		return -1;
	snprintf(context->mark, size, "%d:%s", cfg->line, value);
	*(const char **)result = context->mark; /* libconfuse copies it */
	return 0;
}

static struct given
unmark(const char *mark)
{
	struct given given = { NULL, 0 };
	char *end;

	if (mark == NULL)
		return given;
	given.line = (int)strtol(mark, &end, 10);
	given.text = end + 1;
	return given;
}

static struct given
find(cfg_t *section, const char *name)
{
	return unmark(cfg_getstr(section, name));
}

#define OPTION(name) CFG_STR_CB(name, NULL, CFGF_NODEFAULT, on_value)
#define SECTION(name, options) \
	CFG_SEC(name, options, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES)
#define CONTEXT(context) \
	{ .name = CONTEXT_OPTION, .type = CFGT_PTR, .flags = CFGF_NODEFAULT, \
	  .simple_value = { .ptr = (void **)(void *)(context) } }

/* The file as libconfuse sees it; NULL: err is set. */
static cfg_t *
read_sections(const char *text, struct context *context)
{
	cfg_opt_t set_options[] = { OPTION("value"), OPTION("source"),
		CONTEXT(context), CFG_END() };
	cfg_opt_t grant_options[] = { OPTION("outcome"), OPTION("fact"),
		OPTION("value"), OPTION("days"), OPTION("source"),
		CONTEXT(context), CFG_END() };
	cfg_opt_t rule_options[] = { OPTION("verdict"), OPTION("outcome"),
		OPTION("when"), OPTION("reason"), OPTION("reason_en"),
		OPTION("advice"), OPTION("advice_en"), OPTION("public"),
		OPTION("public_en"), OPTION("code"), OPTION("unknown"),
		OPTION("source"), CONTEXT(context), CFG_END() };
	cfg_opt_t options[] = { OPTION("version"), OPTION("effective"),
		OPTION("needs_facts"), OPTION("otherwise"), OPTION("source"),
		CFG_STR_LIST_CB("needs", NULL, CFGF_NODEFAULT, on_value),
		SECTION("set", set_options), SECTION("rule", rule_options),
		SECTION("grant", grant_options), CONTEXT(context), CFG_END() };
	cfg_t *cfg = cfg_init(options, CFGF_NONE);
	int result;

	if (cfg == NULL) {
		err_set(context->err, ERR_RETRY, "%s: out of memory",
		    context->name);
		return NULL;
	}
	cfg_set_error_function(cfg, on_error);
	result = cfg_parse_buf(cfg, text);
	free(context->mark);
	context->mark = NULL;
	if (result == CFG_SUCCESS && !context->failed)
		return cfg;
	if (!context->failed)
		err_set(context->err, ERR_SETUP, "%s: cannot be read",
		    context->name);
	cfg_free(cfg);
	return NULL;
}

/* ---- values and rules ------------------------------------------------------------ */

static int
take_value(cfg_t *section, struct pack_value *value, int *line,
    struct err *err)
{
	*line = section->line;
	if (option_name(cfg_title(section), value->name, err) < 0)
		return -1;
	for (const char *c = value->name; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && *c != '_')
			return err_set(err, ERR_SETUP,
			    "a value's name is letters, digits and _");
	if (option_number(find(section, "value"), value, line, err) < 0)
		return -1;
	return option_copy(find(section, "source"), "source", 1000,
	    &value->source, line, err);
}

static int
take_texts(cfg_t *section, struct pack_rule *rule, int *line, struct err *err)
{
	for (int i = 0; i < RULE_TEXTS; i++)
		for (int j = 0; j < LANGUAGES; j++) {
			const char *name = text_options[i].names[j];

			if (option_copy(find(section, name), name,
			    REASON_TEXT_MAX, &rule->texts[i][j], line,
			    err) < 0)
				return -1;
		}
	if (rule->texts[TEXT_REASON][LANGUAGE_VI] == NULL)
		return err_set(err, ERR_SETUP, "reason is missing");
	return 0;
}

static int
take_rule(cfg_t *section, struct pack_rule *rule, int *line, struct err *err)
{
	struct given code = find(section, "code");

	*line = section->line;
	if (option_name(cfg_title(section), rule->name, err) < 0 ||
	    option_verdict(find(section, "verdict"), "verdict",
	    &rule->verdict, line, err) < 0 ||
	    option_condition(find(section, "when"), rule, err) < 0 ||
	    option_outcome(find(section, "outcome"), rule, line, err) < 0 ||
	    option_unknown(find(section, "unknown"), rule, line, err) < 0 ||
	    take_texts(section, rule, line, err) < 0)
		return -1;
	if (code.text != NULL && option_line(code, "code", rule->code,
	    sizeof(rule->code), line, err) < 0)
		return -1;
	return option_copy(find(section, "source"), "source", 1000,
	    &rule->source, line, err);
}

static int
take_grant(cfg_t *section, struct policy_grant *grant, int *line,
    struct err *err)
{
	*line = section->line;
	if (option_name(cfg_title(section), grant->name, err) < 0)
		return -1;
	for (const char *c = grant->name; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_')
			return err_set(err, ERR_SETUP, "a grant's name is "
			    "letters, digits, - and _");
	if (option_granted(find(section, "outcome"), find(section, "fact"),
	    find(section, "value"), grant, line, err) < 0 ||
	    option_days(find(section, "days"), &grant->days, line, err) < 0)
		return -1;
	return option_copy(find(section, "source"), "source", 1000,
	    &grant->source, line, err);
}

/* ---- the pack ------------------------------------------------------------------------- */

static int
take_needs(cfg_t *cfg, struct pack *pack, int *line, struct err *err)
{
	for (unsigned i = 0; i < cfg_size(cfg, "needs"); i++)
		if (option_need(unmark(cfg_getnstr(cfg, "needs", i)),
		    &pack->needs, line, err) < 0)
			return -1;
	return 0;
}

static int
take_head(cfg_t *cfg, int utc_offset_s, struct pack *pack, int *line,
    struct err *err)
{
	struct given version = find(cfg, "version");
	struct given effective = find(cfg, "effective");
	struct given otherwise = find(cfg, "otherwise");

	if (version.text == NULL)
		return err_set(err, ERR_SETUP, "version is missing");
	if (option_line(version, "version", pack->version,
	    sizeof(pack->version), line, err) < 0)
		return -1;
	if (otherwise.text != NULL && option_verdict(otherwise, "otherwise",
	    &pack->otherwise, line, err) < 0)
		return -1;
	if (effective.text != NULL) {
		*line = effective.line;
		if (time_parse(effective.text, utc_offset_s,
		    &pack->effective) < 0)
			return err_set(err, ERR_SETUP, "effective must be a "
			    "time, as 2021-10-15T00:00+07:00");
	}
	if (option_copy(find(cfg, "source"), "source", 1000, &pack->source,
	    line, err) < 0 ||
	    option_needs_facts(find(cfg, "needs_facts"), line, err) < 0)
		return -1;
	return take_needs(cfg, pack, line, err);
}

static int
allocate(cfg_t *cfg, const char *name, struct pack *pack, struct err *err)
{
	size_t nvalues = cfg_size(cfg, "set"), nrules = cfg_size(cfg, "rule");

	if (nrules == 0 || nrules > PACK_RULES_MAX ||
	    nvalues > PACK_VALUES_MAX)
		return err_set(err, ERR_SETUP,
		    "%s: a pack has 1 to %d rules and at most %d values", name,
		    PACK_RULES_MAX, PACK_VALUES_MAX);
	if (cfg_size(cfg, "grant") > 1)
		return err_set(err, ERR_SETUP,
		    "%s: a pack has one grant at most", name);
	pack->has_grant = cfg_size(cfg, "grant") > 0;
	pack->values = calloc(nvalues + 1, sizeof(*pack->values));
	pack->rules = calloc(nrules, sizeof(*pack->rules));
	pack->path = strdup(name);
	if (pack->values == NULL || pack->rules == NULL || pack->path == NULL)
		return err_set(err, ERR_RETRY, "out of memory");
	pack->nvalues = nvalues;
	pack->nrules = nrules;
	return 0;
}

static int
fill(cfg_t *cfg, int utc_offset_s, struct pack *pack, struct err *err)
{
	int line = 1;

	if (take_head(cfg, utc_offset_s, pack, &line, err) < 0)
		return err_within(err, "%s:%d", pack->path, line);
	for (size_t i = 0; i < pack->nvalues; i++) {
		cfg_t *section = cfg_getnsec(cfg, "set", (unsigned)i);

		if (take_value(section, &pack->values[i], &line, err) < 0)
			return err_within(err, "%s:%d: set %s", pack->path,
			    line, pack->values[i].name);
	}
	for (size_t i = 0; i < pack->nrules; i++) {
		cfg_t *section = cfg_getnsec(cfg, "rule", (unsigned)i);

		if (take_rule(section, &pack->rules[i], &line, err) < 0)
			return err_within(err, "%s:%d: rule %s", pack->path,
			    line, pack->rules[i].name);
	}
	if (pack->has_grant && take_grant(cfg_getnsec(cfg, "grant", 0),
	    &pack->grant, &line, err) < 0)
		return err_within(err, "%s:%d: grant %s", pack->path, line,
		    pack->grant.name);
	return 0;
}

int
pack_parse(const char *name, const char *text, size_t n, int utc_offset_s,
    struct pack *pack, struct err *err)
{
	struct context context = { .name = name, .err = err };
	cfg_t *cfg;
	int result;

	*pack = (struct pack){ .otherwise = VERDICT_PASS };
	if (scan_pack(name, text, n, err) < 0)
		return -1;
	cfg = read_sections(text, &context);
	if (cfg == NULL)
		return -1;
	result = allocate(cfg, name, pack, err);
	if (result == 0)
		result = fill(cfg, utc_offset_s, pack, err);
	cfg_free(cfg);
	if (result < 0)
		pack_free(pack);
	return result;
}

void
pack_free(struct pack *pack)
{
	for (size_t i = 0; i < pack->nvalues; i++)
		free(pack->values[i].source);
	for (size_t i = 0; i < pack->nrules; i++) {
		struct pack_rule *rule = &pack->rules[i];

		free(rule->when);
		free(rule->source);
		for (int j = 0; j < RULE_TEXTS; j++)
			for (int k = 0; k < LANGUAGES; k++)
				free(rule->texts[j][k]);
	}
	free(pack->grant.source);
	free(pack->values);
	free(pack->rules);
	free(pack->source);
	free(pack->path);
	*pack = (struct pack){ 0 };
}

const struct pack_value *
pack_value(const struct pack *pack, const char *name, size_t n)
{
	for (size_t i = 0; i < pack->nvalues; i++)
		if (strlen(pack->values[i].name) == n &&
		    memcmp(pack->values[i].name, name, n) == 0)
			return &pack->values[i];
	return NULL;
}
