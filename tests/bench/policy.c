/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How long one judgement takes: 40 rules and 1,000, over facts that change,
 * reasons of two fired rules written out. Prints microseconds, the median
 * and the 99th of a hundred.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policy.h"

#define ROUNDS 20000

static struct policy *
make(int rules)
{
	size_t size = 200 + (size_t)rules * 200, n;
	char *text = malloc(size);
	struct err err = { 0 };
	struct policy *policy;

	n = (size_t)snprintf(text, size, "version = \"bench\"\n"
	    "set \"fever\" { value = 37.5 }\n");
	for (int i = 0; i < rules; i++)
		n += (size_t)snprintf(text + n, size - n, i % 20 == 0 ?
		    "rule \"r%d\" { verdict = check when = \"temperature >= "
		    ":fever + %d\" reason = \"{temperature}\" }\n" :
		    "rule \"r%d\" { verdict = stop when = \"status = 'F0' AND "
		    "coalesce(status_ends > now + %d, 1)\" reason = x }\n", i,
		    i / 20);
	policy = policy_parse("bench", text, n, 0, &err);
	if (policy == NULL)
		fprintf(stderr, "%s\n", err.text);
	free(text);
	return policy;
}

static int
compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
measure(int rules, int rounds)
{
	static double times[ROUNDS];
	struct policy *policy = make(rules);
	struct judgement judgement;
	struct facts facts;

	if (policy == NULL)
		return 1;
	facts_init(&facts);
	facts_integer(&facts, FACT_NOW, 1634256000);
	facts_text(&facts, FACT_STATUS, "none");
	for (int i = 0; i < rounds; i++) {
		double start = now_us();

		facts_real(&facts, FACT_TEMPERATURE, 36 + i % 4);
		policy_judge(policy, &facts, &judgement);
		times[i] = now_us() - start;
	}
	qsort(times, (size_t)rounds, sizeof(times[0]), compare);
	printf("policy: %4d rules: median %.1f us, p99 %.1f us\n", rules,
	    times[rounds / 2], times[rounds * 99 / 100]);
	policy_free(policy);
	return 0;
}

int
main(void)
{
	return measure(40, ROUNDS) || measure(1000, ROUNDS / 10);
}
