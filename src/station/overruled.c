/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * overruled - which rules officers let people pass against, of late: for who
 * looks after the posts, never on the officer's screen. A rule that is often
 * overruled is wrong, or its post is. Pure.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

void
overruled_add(struct overruled *o, const struct judgement *judgement,
    int64_t record_n, bool passed, int64_t now_ms)
{
	for (size_t i = 0; i < judgement->nreasons; i++) {
		struct overruled_one *one = &o->ring[o->next %
		    OVERRULED_MAX];

		if (judgement->reasons[i].verdict == VERDICT_PASS)
			continue;
		*one = (struct overruled_one){ .record_n = record_n,
			.at_ms = now_ms, .passed = passed };
		snprintf(one->rule, sizeof(one->rule), "%s",
		    judgement->reasons[i].rule);
		o->next++;
	}
}

void
overruled_correct(struct overruled *o, int64_t record_n, bool passed)
{
	for (size_t i = 0; i < OVERRULED_MAX; i++)
		if (o->ring[i].record_n == record_n)
			o->ring[i].passed = passed;
}

static bool
is_late(const struct overruled_one *one, int64_t now_ms)
{
	return one->rule[0] != '\0' && now_ms - one->at_ms <= OVERRULED_MS;
}

static struct overruled_rule
count_rule(const struct overruled *o, const char *rule, int64_t now_ms)
{
	struct overruled_rule sum = { .of = 0 };

	snprintf(sum.rule, sizeof(sum.rule), "%s", rule);
	for (size_t i = 0; i < OVERRULED_MAX; i++) {
		const struct overruled_one *one = &o->ring[i];

		if (!is_late(one, now_ms) || strcmp(one->rule, rule) != 0)
			continue;
		sum.of++;
		sum.passed += one->passed;
	}
	return sum;
}

bool
overruled_worst(const struct overruled *o, int64_t now_ms,
    struct overruled_rule *worst)
{
	*worst = (struct overruled_rule){ .of = 0 };
	for (size_t i = 0; i < OVERRULED_MAX; i++) {
		const struct overruled_one *one = &o->ring[i];
		struct overruled_rule sum;

		/* Only what was let pass can make a rule the worst. */
		if (!one->passed || !is_late(one, now_ms) ||
		    strcmp(one->rule, worst->rule) == 0)
			continue;
		sum = count_rule(o, one->rule, now_ms);
		if (sum.of >= OVERRULED_LEAST &&
		    sum.passed * 100 > sum.of * OVERRULED_PERCENT &&
		    (worst->of == 0 || sum.passed * worst->of >
		    worst->passed * sum.of))
			*worst = sum;
	}
	return worst->of > 0;
}
