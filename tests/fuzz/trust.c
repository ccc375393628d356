/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Key files of every form: certificates, public keys, key sets, lists. */
#include <stdint.h>
#include <stdlib.h>

#include "credential.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct credential_trust *trust = credential_trust_new();
	struct credential_trust_report report = { 0 };

	credential_trust_add(trust, bytes, n, &report, NULL);
	if (report.added != credential_trust_count(trust))
		abort();
	/* Nothing is added by a list that nobody known has signed. */
	if (credential_trust_add_list(trust, bytes, n, trust, NULL, NULL) == 0 &&
	    report.added == 0 && credential_trust_count(trust) > 0)
		abort();
	credential_trust_free(trust);
	return 0;
}
