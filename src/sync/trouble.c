/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trouble - everything that can keep a post from its hub, by name: so that
 * a guard can read out on the phone what somebody can act on.
 */
#include "parts.h"

#include <string.h>

static const struct trouble_row rows[TROUBLE_COUNT] = {
	[TROUBLE_NONE] = { "none", "", ERR_NONE },
	[TROUBLE_ADDRESS] = { "no-address",
	    N_("no network: this post has neither an IPv4 nor an IPv6 address"),
	    ERR_RETRY },
	[TROUBLE_NO_IPV4] = { "no-ipv4",
	    N_("no way to the hub: it has an IPv4 address, and this post has none (only IPv6)"),
	    ERR_RETRY },
	[TROUBLE_NO_IPV6] = { "no-ipv6",
	    N_("no way to the hub: it has an IPv6 address, and this post has none (only IPv4)"),
	    ERR_RETRY },
	[TROUBLE_DNS] = { "dns",
	    N_("the hub's name is not found: the name server (DNS) does not answer or does not know it"),
	    ERR_RETRY },
	[TROUBLE_ROUTE] = { "no-route",
	    N_("no way to the hub: the network ends before it"), ERR_RETRY },
	[TROUBLE_REFUSED] = { "refused",
	    N_("the hub's machine answers, but no hub runs there"), ERR_RETRY },
	[TROUBLE_TIMEOUT] = { "time-out",
	    N_("the hub does not answer in time"), ERR_RETRY },
	[TROUBLE_PROXY] = { "proxy",
	    N_("the proxy does not let the post through"), ERR_RETRY },
	[TROUBLE_PORTAL] = { "portal",
	    N_("a log-in page of this network (captive portal) answers instead of the hub: log in to the network first"),
	    ERR_RETRY },
	[TROUBLE_CUT] = { "cut",
	    N_("the connection broke off before the answer was whole"),
	    ERR_RETRY },
	[TROUBLE_LONG] = { "too-long",
	    N_("the answer is longer than any hub's"), ERR_RETRY },
	[TROUBLE_CLOCK] = { "clock",
	    N_("the hub's certificate is not valid yet: the clock of this post is probably wrong"),
	    ERR_RETRY },
	[TROUBLE_HUB_EXPIRED] = { "hub-expired",
	    N_("the hub's certificate has expired, or the clock of this post is ahead"),
	    ERR_RETRY },
	[TROUBLE_HUB_NAME] = { "hub-name",
	    N_("the hub's certificate is for another name: somebody else answers"),
	    ERR_RETRY },
	[TROUBLE_HUB_CA] = { "hub-ca",
	    N_("the hub's certificate was signed by a stranger (foreign CA): somebody is in between, or the post's CA file is old"),
	    ERR_RETRY },
	[TROUBLE_HUB_TLS] = { "hub-tls",
	    N_("what answers does not speak TLS 1.3: it is not the hub, or somebody is in between"),
	    ERR_RETRY },
	[TROUBLE_OWN_FILE] = { "own-file",
	    N_("the post's certificate, its key or the CA file cannot be used"),
	    ERR_SETUP },
	[TROUBLE_OWN_EXPIRED] = { "own-expired",
	    N_("the post's certificate has expired"), ERR_DENIED },
	[TROUBLE_OWN_REVOKED] = { "own-revoked",
	    N_("the post's certificate was revoked"), ERR_DENIED },
	[TROUBLE_OWN_CA] = { "own-refused",
	    N_("the hub does not accept the post's certificate"), ERR_DENIED },
	[TROUBLE_NOT_HUB] = { "not-hub",
	    N_("what answers is not the hub: check its address"), ERR_RETRY },
	[TROUBLE_REVOKED] = { "revoked",
	    N_("the hub took this post's access away; its lists were wiped, its records are kept"),
	    ERR_DENIED },
	[TROUBLE_DENIED] = { "denied",
	    N_("the hub refuses this post"), ERR_DENIED },
	[TROUBLE_OLD] = { "old",
	    N_("this program is too old for the hub: it must be renewed"),
	    ERR_DENIED },
	[TROUBLE_BUSY] = { "busy",
	    N_("the hub is busy or being repaired"), ERR_RETRY },
	[TROUBLE_LIE] = { "lie",
	    N_("the hub's answer contradicts itself or this post's records"),
	    ERR_RETRY },
	[TROUBLE_FORK] = { "fork",
	    N_("the hub has other records under this post's numbers: its card was copied or restored"),
	    ERR_RETRY },
	[TROUBLE_LIST] = { "list",
	    N_("a list from the hub was not taken; the one before stays in force"),
	    ERR_INPUT },
	[TROUBLE_DISK] = { "disk", N_("the post's own disk fails"), ERR_RETRY },
	[TROUBLE_WAIT] = { "wait",
	    N_("waiting after a failed try; --now tries at once"), ERR_RETRY },
	[TROUBLE_STOPPED] = { "stopped", N_("stopped"), ERR_RETRY },
	[TROUBLE_OTHER] = { "other", N_("the hub cannot be reached"),
	    ERR_RETRY },
};

const struct trouble_row *
trouble_row(enum trouble trouble)
{
	return &rows[trouble];
}

bool
trouble_is_down(enum trouble trouble)
{
	return trouble == TROUBLE_ADDRESS || trouble == TROUBLE_NO_IPV4 ||
	    trouble == TROUBLE_NO_IPV6 || trouble == TROUBLE_ROUTE;
}

void
trouble_print(enum trouble trouble, const char *detail,
    char out[SYNC_WORDS_MAX])
{
	char raw[2 * SYNC_WORDS_MAX];

	out[0] = '\0';
	if (trouble == TROUBLE_NONE)
		return;
	snprintf(raw, sizeof(raw), detail[0] != '\0' ? "%s (%.200s)" : "%s",
	    _(rows[trouble].text), detail);
	text_clean(raw, strlen(raw), out, SYNC_WORDS_MAX);
}
