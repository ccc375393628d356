/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packs: whatever loads can judge anybody, and be explained. */
#include "policy.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
use(struct policy *policy)
{
	struct judgement judgement;
	struct facts facts;
	char *text = NULL;
	size_t n;
	FILE *out;

	facts_init(&facts);
	policy_judge(policy, &facts, &judgement);
	facts_integer(&facts, FACT_NOW, 1634256000);
	facts_real(&facts, FACT_TEMPERATURE, 38.2);
	facts_text(&facts, FACT_STATUS, "F0");
	facts_text(&facts, FACT_LANE, "'); --");
	policy_judge(policy, &facts, &judgement);
	for (size_t i = 0; i < judgement.nreasons; i++)
		for (int j = 0; j < LANGUAGES; j++) {
			const char *words = judgement.reasons[i].text[j];

			assert(utf8_valid(words, strlen(words)));
			assert(strpbrk(words, "\n\x1b") == NULL);
		}
	out = open_memstream(&text, &n);
	policy_explain(policy, LANGUAGE_VI, out);
	fclose(out);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct err err = { 0 };
	struct policy *policy;

	memcpy(text, data, size);
	text[size] = '\0';
	policy = policy_parse("fuzz", text, size, 7 * 3600, &err);
	if (policy != NULL)
		use(policy);
	else
		assert(err.text[0] != '\0');
	policy_free(policy);
	free(text);
	return 0;
}
