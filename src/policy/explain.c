/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain - a pack for people: every rule with its values and its source.
 */
#include "parts.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum label { LABEL_EFFECTIVE, LABEL_NEEDS, LABEL_IDENTITY, LABEL_TEMPERATURE,
	LABEL_SOURCE, LABEL_WHEN, LABEL_READS, LABEL_REASON, LABEL_ADVICE,
	LABEL_PUBLIC, LABEL_OUTCOME, LABEL_CODE, LABEL_UNKNOWN, LABEL_ENTERS,
	LABEL_OTHERWISE, LABEL_GRANT, LABELS };

/* By the language asked for and not by the locale: a post explains its pack
 * in the screen's language, whatever the shell speaks. */
static const char *const labels[LANGUAGES][LABELS] = {
	[LANGUAGE_VI] = { "hiệu lực", "cần có", "giấy tờ", "nhiệt độ",
		"căn cứ", "khi", "xét", "lý do", "hướng dẫn",
		"cho dân xem", "Enter", "mã", "thiếu dữ liệu",
		"không xét", "còn lại", "ghi nhớ" },
	[LANGUAGE_EN] = { "effective", "needs", "identity", "temperature",
		"source", "when", "reads", "reason", "advice", "public",
		"Enter", "code", "data missing", "rule does not fire",
		"otherwise", "keeps" },
};

static const char *const verdict_words[LANGUAGES][VERDICT_STOP + 1] = {
	[LANGUAGE_VI] = { "ĐƯỢC QUA", "KIỂM TRA", "DỪNG LẠI" },
	[LANGUAGE_EN] = { "PASS", "CHECK", "STOP" },
};

static void
row(FILE *out, enum language language, enum label label, const char *text)
{
	const char *name = labels[language][label];

	if (text != NULL && text[0] != '\0')
		fprintf(out, "    %s%*s %s\n", name,
		    14 - text_columns(name), "", text);
}

/* Copy text to one line, ":name" and "{:name}" replaced by their values. */
static void
put_values(const struct pack *pack, const char *text, char *out,
    size_t capacity)
{
	size_t n = 0;

	while (*text != '\0' && n + PACK_NUMBER_MAX < capacity) {
		bool braced = text[0] == '{' && text[1] == ':';
		const char *name = text + 1 + braced;
		size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
		const struct pack_value *value = braced || *text == ':' ?
		    pack_value(pack, name, len) : NULL;

		if (value != NULL) {
			n += (size_t)snprintf(out + n, capacity - n, "%s",
			    value->text);
			text = name + len + (braced && name[len] == '}');
			continue;
		}
		if (!isspace((unsigned char)*text))
			out[n++] = *text;
		else if (n > 0 && out[n - 1] != ' ')
			out[n++] = ' ';
		text++;
	}
	out[n] = '\0';
}

static void
print_reads(FILE *out, enum language language, uint64_t reads)
{
	char line[FACT_COUNT * 32] = "";
	size_t n = 0;

	for (int i = 0; i < FACT_COUNT; i++)
		if ((reads & FACT_BIT(i)) != 0)
			n += (size_t)snprintf(line + n, sizeof(line) - n,
			    "%s%s", n > 0 ? ", " : "",
			    fact_info((enum fact)i)->name);
	row(out, language, LABEL_READS, line);
}

static void
print_text(FILE *out, enum language language, enum label label,
    const struct pack *pack, const char *text)
{
	char line[2 * PACK_CONDITION_MAX + PACK_NUMBER_MAX];

	if (text == NULL)
		return;
	put_values(pack, text, line, sizeof(line));
	row(out, language, label, line);
}

static void
print_rule(FILE *out, enum language language, const struct policy *policy,
    size_t i)
{
	static const enum label kinds[RULE_TEXTS] = { LABEL_REASON,
		LABEL_ADVICE, LABEL_PUBLIC };
	const struct pack_rule *rule = &policy->pack.rules[i];

	fprintf(out, "\n%s  %s\n", rule->name,
	    verdict_words[language][rule->verdict]);
	print_text(out, language, LABEL_WHEN, &policy->pack, rule->when);
	print_reads(out, language, policy->states[i].reads);
	row(out, language, LABEL_UNKNOWN, rule->unknown_passes ?
	    labels[language][LABEL_ENTERS] :
	    verdict_words[language][VERDICT_CHECK]);
	for (int j = 0; j < RULE_TEXTS; j++)
		print_text(out, language, kinds[j], &policy->pack,
		    rule->texts[j][language] != NULL ?
		    rule->texts[j][language] : rule->texts[j][LANGUAGE_VI]);
	row(out, language, LABEL_OUTCOME, rule->outcome);
	row(out, language, LABEL_CODE, rule->code);
	row(out, language, LABEL_SOURCE, rule->source);
}

void
policy_explain(const struct policy *policy, enum language language,
    FILE *out)
{
	const struct pack *pack = &policy->pack;
	char text[200];

	fprintf(out, "%s\n", pack->version);
	if (pack->effective != 0) {
		time_print(pack->effective, text);
		row(out, language, LABEL_EFFECTIVE, text);
	}
	snprintf(text, sizeof(text), "%s%s%s",
	    policy_needs(policy, NEED_IDENTITY) ?
	    labels[language][LABEL_IDENTITY] : "",
	    pack->needs == 3 ? ", " : "",
	    policy_needs(policy, NEED_TEMPERATURE) ?
	    labels[language][LABEL_TEMPERATURE] : "");
	row(out, language, LABEL_NEEDS, text);
	row(out, language, LABEL_OTHERWISE,
	    verdict_words[language][pack->otherwise]);
	row(out, language, LABEL_SOURCE, pack->source);
	for (size_t i = 0; i < pack->nvalues; i++) {
		const struct pack_value *value = &pack->values[i];

		fprintf(out, "    :%s = %s%s%s\n", value->name, value->text,
		    value->source != NULL ? "   " : "",
		    value->source != NULL ? value->source : "");
	}
	if (pack->has_grant) {
		snprintf(text, sizeof(text), "%s: %s -> %s = '%s', %d d",
		    pack->grant.name, pack->grant.outcome,
		    fact_info(pack->grant.fact)->name, pack->grant.value,
		    pack->grant.days);
		row(out, language, LABEL_GRANT, text);
		row(out, language, LABEL_SOURCE, pack->grant.source);
	}
	for (size_t i = 0; i < pack->nrules; i++)
		print_rule(out, language, policy, i);
}
