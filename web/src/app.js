// SPDX-License-Identifier: Apache-2.0
// The one script of all pages. Every page works without it; what is here only saves waiting.
import "htmx.org";
import { askPasskeys } from "./assent.js";
import { startDesk } from "./desk.js";
import { offerInstall } from "./duty.js";
import { startHanding } from "./handing.js";
import { watchFailures } from "./failures.js";
import { followChanges } from "./changes.js";
import { followLive } from "./live.js";
import { listenForKeys } from "./keys.js";
import { startMoney } from "./money.js";
import { offerPasskeys } from "./passkeys.js";
import { startReport } from "./report.js";

watchFailures();
listenForKeys();
offerPasskeys();
askPasskeys();
followLive(document.querySelector("[data-live]"));
followChanges(document.querySelector("[data-changes]"));
offerInstall(document.body);
startDesk();
startReport();
startHanding();
startMoney();
