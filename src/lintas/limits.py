# SPDX-License-Identifier: Apache-2.0
"""Every limit of Lintas, each with its unit and where it comes from.

A limit without a named source is our own choice, made so that one modest server (2 cores, 4 GiB) stays answering.
"""

# Intake
FILE_BYTES_MAX = 64 * 1024 * 1024  # bytes of one taken file; larger files are split by their sender
ITEM_BYTES_MAX = 8 * 1024 * 1024  # bytes of one message's payload when it is one JSON object
ITEMS_PER_FILE_MAX = 100_000  # STIX objects of one bundle
TABLE_ROWS_MAX = 100_000  # rows of one table: it is written in one transaction, which others wait for
TABLE_COLUMNS_MAX = 200  # columns of one table
TABLE_CELL_CHARS_MAX = 32_767  # characters of one cell, as in spreadsheets
TEXT_CHARS_MAX = 2_000_000  # characters of one free text
JSON_DEPTH_MAX = 64  # nested levels of one JSON object
STATEMENTS_PER_ITEM_MAX = 20_000  # statements derived from one message, tables excepted
REASON_CHARS_MAX = 300  # characters of one rejection's reason, so that hostile bytes cannot fill a page
PAYLOAD_INLINE_BYTES_MAX = 64 * 1024  # larger payloads are files beside the database

QUARANTINE_BYTES_MAX = 1024 * 1024 * 1024  # bytes of all files that were set aside
QUARANTINE_FILES_MAX = 500  # files set aside
QUARANTINE_DAYS_MAX = 30  # days until a file that was set aside is destroyed

# Sandbox (one reader process)
READER_MEMORY_BYTES_MAX = 1024 * 1024 * 1024  # address space of one reader beyond its start
READER_CPU_S_MAX = 120  # seconds of processor time for one file
READER_WALL_S_MAX = 300  # seconds on the clock for one file
READER_OUTPUT_BYTES_MAX = 256 * 1024 * 1024  # bytes of what a reader answers for one file, as sent between processes
READER_START_S_MAX = 60  # seconds on the clock until a reader process is loaded and confined
READER_RESTING_BYTES_MAX = 256 * 1024 * 1024  # resident memory of a reader after a file; a larger one is replaced
PICTURE_BYTES_MAX = 24 * 1024 * 1024  # bytes of one picture; the photo of a phone has 3 to 12 million
PICTURE_PIXELS_MAX = 64_000_000  # pixels of one picture: 256 MiB at the four bytes a pixel that a decoder may need
PICTURE_CPU_S_MAX = 20  # seconds of processor time for the codes of one picture; an officer waits
PICTURE_WALL_S_MAX = 60  # seconds on the clock for the same
PICTURE_CODES_MAX = 10  # QR codes read of one picture; a slip has one or two
PICTURE_CODE_CHARS_MAX = 7_089  # characters of one QR code at most: ISO/IEC 18004, version 40-L, digits

# Log
HEADER_BYTES_MAX = 16 * 1024  # bytes of one canonical header
CHECKPOINT_EVERY_S = 10  # seconds between ticks at which a checkpoint is made if the log grew
GROUP_COMMIT_JOBS_MAX = 256  # jobs committed together
NOTE_BYTES_MAX = 1_000_000  # bytes of one signed note or receipt, as golang.org/x/mod/sumdb/note reads
NOTE_SIGNATURES_MAX = 100  # signature lines of one note, as golang.org/x/mod/sumdb/note reads; C2SP asks for 16 or more
KEY_PASSPHRASE_CHARS_MIN = 16  # characters; tried offline by a thief, so more than a password of the console
KEY_SCRYPT_LOG_N_MIN = 15  # log2 of scrypt's rounds below which a sealed key is called weak; OWASP asks for 17
PASSPHRASE_SEALED_BYTES_MAX = 256 * 1024 * 1024  # bytes sealed under a passphrase: they are held in memory

# Find and watch
TERMS_PER_FIND_MAX = 100_000  # terms of one request
TERM_CHARS_MAX = 2_048  # characters of one term
RESULTS_PER_TERM_MAX = 200  # entities shown for one term
WATCH_TERMS_MAX = 10_000  # terms of one watch
WATCH_DAYS_MAX = 365  # days until a watch must be renewed by a person

# Console and sign-in
SIGN_IN_LINK_S_MAX = 15 * 60  # seconds that a one-time link is good for
SESSION_IDLE_S_MAX = 30 * 60  # OWASP ASVS 5.0 V7.3: inactivity timeout
SESSION_S_MAX = 12 * 60 * 60  # OWASP ASVS 5.0 V7.3: absolute lifetime, one shift
# NIST SP 800-63B-4 asks for 15 without a second factor and 8 with one; we choose 12 and throttle
PASSWORD_CHARS_MIN = 12
PASSWORD_CHARS_MAX = 256
SIGN_IN_TRIES_MAX = 10  # failed tries of one account within SIGN_IN_WINDOW_S
SIGN_IN_WINDOW_S = 15 * 60
TOKEN_EVERY_S = 15 * 60  # seconds of use after which a session gets a fresh token
TOKEN_GRACE_S = 30  # seconds that the old one still opens it: requests that ran beside each other
CHALLENGE_S_MAX = 5 * 60  # seconds to answer with a passkey: Web Authentication Level 3, section 15.1, at most 10 min
CHALLENGES_MAX = 2_000  # of one purpose that wait at once
PASSKEYS_MAX = 20  # of one person
RECOVERY_CODES = 10  # made at once; each opens once
PROVIDER_S_MAX = 10  # seconds for one answer of the identity provider, all steps together
PROVIDER_REST_S = 3  # seconds that a provider which failed to answer is left alone
PROVIDER_BYTES_MAX = 256 * 1024  # bytes of one answer of the identity provider
PROVIDER_KEEP_S_MAX = 10 * 60  # seconds that what it says of itself, and its keys, are kept
PROVIDER_AFRESH_S_MIN = 30  # seconds between two askings for its keys because a token names an unknown one
PROVIDER_TOKEN_CHARS_MAX = 16 * 1024  # characters of one of its tokens
SIGN_IN_ELSEWHERE_S_MAX = 10 * 60  # seconds from going to the provider until coming back
SIGN_IN_ELSEWHERE_MAX = 2_000  # people on their way at once; more wait
TOKEN_AGE_S_MAX = 2 * 60  # seconds since a logout token was made: OpenID Connect Back-Channel Logout 1.0, section 2.4
TOKEN_SKEW_S_MAX = 60  # seconds that the provider's clock may differ from ours
API_KEY_HOURS = 24  # hours that a key of a system is good for, unless other days are asked for
API_KEY_DAYS_MAX = 30  # days that it may be good for at most
API_KEYS_MAX = 50  # live keys of one account
SHIFT_HOURS_MAX = 24  # hours of one shift
DEPUTY_DAYS_MAX = 31  # days that somebody stands in for another before it is looked at again
PASTE_CHARS_MAX = 200_000  # characters pasted into the Take page

# Orders: what named people decide
ORDER_S_MAX = 8 * 60 * 60  # seconds until an order that nobody completed lapses: one shift
REVIEW_S_MAX = 60 * 60  # seconds within which what was done alone is reviewed, else it is escalated
GRANT_S_MAX = 60 * 60  # seconds for which an approved unmasking or export may be used
GROUND_CHARS_MIN = 10  # characters of what somebody writes who acts alone: less says nothing to who reviews it
GROUND_CHARS_MAX = 1_000  # characters of what somebody writes who acts alone
ORDERS_SHOWN_MAX = 200  # orders of one list

# Requests; beyond these the answer is 429 with Retry-After
SOURCE_REQUESTS_S_MAX = 50  # requests a second of one address, on average: an office of 100 behind one
SOURCE_REQUESTS_BURST = 400  # requests of one address at once
STRANGER_REQUESTS_S_MAX = 5  # requests a second of one address at the peer address, before it says who it is
STRANGER_REQUESTS_BURST = 50  # as above, at once; a greeting is one
LOCAL_REQUESTS_S_MAX = 500  # requests a second from this machine, where a proxy makes everybody look like one
LOCAL_REQUESTS_BURST = 5_000  # requests from this machine at once
ACCOUNT_REQUESTS_S_MAX = 30  # requests a second of one account or key, on average; a page is up to 5
ACCOUNT_REQUESTS_BURST = 600  # requests of one account or key at once
BUCKETS_MAX = 10_000  # sources, and accounts, whose buckets are kept; about 2 MiB

# Exchange between nodes
RELEASE_BYTES_MAX = 8 * 1024 * 1024  # bytes of a released message's payload
BATCH_MESSAGES_MAX = 500  # messages of one batch
BATCH_BYTES_MAX = 16 * 1024 * 1024  # bytes of one batch as it travels: one largest payload in base64, and its headers
BATCH_BYTES_WANTED = 1024 * 1024  # bytes at which a batch is closed
DESCRIPTOR_BYTES_MAX = 64 * 1024  # bytes of one descriptor
HELLO_BYTES_MAX = 64 * 1024  # bytes of one greeting or its answer
REJECTED_TOLD_MAX = 100  # rejected parts of one message that its sender is told one by one
PEERS_MAX = 500  # peers of one node
EVIDENCE_BYTES_MAX = 24 * 1024 * 1024  # bytes kept of what a peer sent that it should not have: one largest batch
GOSSIP_NOTES_MAX = 100  # heads of other logs in one message of gossip
HEARTBEAT_S = 15  # seconds between comments on a silent feed, below the 30 s after which proxies cut
FEED_SILENCE_S_MAX = 45  # seconds without a byte after which a reader takes the connection for dead
FRESH_EVERY_S = 20  # seconds between challenges to a peer whose feed is silent
PROOF_S_MAX = 60  # seconds within which places must be proven, else an alarm; architecture, section 5
RETRY_S_MIN = 0.5  # seconds until the first new try to connect
RETRY_S_MAX = 60  # seconds between later tries, before jitter
PEER_REQUESTS_S_MAX = 50  # requests a second of one peer, on average
PEER_REQUESTS_BURST = 200  # requests of one peer at once
PEER_FEEDS_MAX = 2  # open feeds of one peer: a new one while the old one is being noticed as dead
PEER_SESSIONS_MAX = 4  # sessions of one peer; the oldest goes

# Banks that carry out orders over a connection
BANKS_MAX = 100  # connections of one node
BANK_S_MAX = 10  # seconds for one answer of a bank, all steps together
BANK_BYTES_MAX = 64 * 1024  # bytes of one answer
BANK_BOOKINGS_MAX = 5_000  # bookings of one answer: more than a mule's account has in a day
BANK_BOOKINGS_BYTES_MAX = 2 * 1024 * 1024  # bytes of such an answer
BANK_CLOCK_S_MAX = 300  # seconds that a bank's clock may differ from ours; beyond, its times cannot be
BANK_RETRY_S_MIN = 2  # seconds until a bank that did not answer is asked again; doubled each time
BANK_RETRY_S_MAX = 300  # seconds between later tries: a hold that waits is money that goes
BANK_LOOK_S_MAX = 60  # seconds between two looks when nothing happens: the wall clock may have jumped
RECALL_BYTES_MAX = 1024 * 1024  # bytes of one camt.056 or camt.029
RECALLED_PAYMENTS_MAX = 500  # payments of one camt.056 or camt.029
XML_DEPTH_MAX = 32  # nested elements; the deepest of camt.029 has 15
XML_ELEMENTS_MAX = 20_000  # elements of one file

# Notices to people who are not at the desk
NOTICE_CONNECT_S_MAX = 10  # seconds until a mail or web server has answered one step
NOTICE_SEND_S_MAX = 30  # seconds for giving one notice to one server, all steps together
NOTICE_RETRY_S_MIN = 30  # seconds until the first new try after a failed one; doubled each time
NOTICE_RETRY_S_MAX = 3_600  # seconds between later tries
NOTICE_TARGETS_MAX = 20  # addresses and webhooks of one node
NOTICE_LOOK_S_MAX = 60  # seconds between two looks when nothing happens: the wall clock may have jumped
# Seconds before a clock runs out that a person is warned, by what can still be done then
WARN_ACKNOWLEDGE_S = 60  # of 5 minutes: before the desk's phone is reached
WARN_ACT_S = 600  # of 30 minutes: enough for an order that lies ready to be signed
WARN_ANSWER_S = 900  # to put an answer into words and send it
WARN_CLARIFY_S = 600  # to ask whoever knows, and answer
WARN_EXPIRY_S = 6 * 3_600  # of a hold: within the shift that reads it, an extension is signed or the release made ready
WARN_REVIEW_S = 2 * 3_600  # of 12 hours: to hear the bank and whoever signed
WARN_PROMISE_S = 300  # of a call: to find the number and a person who speaks the language
WARN_TASK_S = 24 * 3_600  # of a case's task: a working day
CLOCKS_AT_ONCE = 500  # entries that one transaction says of clocks: after a long stop others wait for no minute
LADDER_AFTER_S = 600  # without an acknowledgement, until the officer is shown the next doors
DUTY_LINES_MAX = 50  # threads and clocks of the phone's page: whoever has more needs the desk's screen
CALLS_SHOWN_MAX = 10  # pairs of words of one request: older ones expired long ago
PRESENCE_LOOKS_BACK = 20  # newest requests to a node by which it is told how soon it acknowledges
CALL_BACK_S = 600  # that two words hold: to dial, to be put through, to read them out
DUES_SHOWN_MAX = 200  # clocks of one answer
PHONES_MAX = 6  # phones of one node's desks that a gateway reaches; with three ways each, 18 of NOTICE_TARGETS_MAX
PHONE_AFTER_MINUTES = 5  # until a request that nobody acknowledged reaches the desk's phone
PHONE_STEP_MINUTES = 2  # from a push to an SMS to a call: all three before the ladder is shown after 10 minutes
PHONE_AGAIN_MINUTES = 5  # between two calls while nobody acknowledges
PHONE_GAP_S = 60  # seconds between two notices to one phone by one way, whatever comes meanwhile
PHONE_STAGGER_S = 30  # seconds from one way to the next where all are due at once, as after a night without power
PRESSING_MAX = 1_000  # unacknowledged requests that notices count: beyond it the number says nothing more
PHONE_RETRY_S_MAX = 120  # seconds between later tries at a gateway that fails: a phone at night waits for no hour

# Audit
REFUSALS_PER_MINUTE_MAX = 10  # entries a minute of what one person was refused: enough to see it, too few to fill a log
AUDIT_LINES_MAX = 200  # lines of one page of a search of the log
AUDIT_SCANNED_MAX = 20_000  # entries looked through for one page; the next page goes on there
AUDIT_EXPORT_MAX = 100_000  # entries of one export: it is made in memory
CAUSE_CHARS_MIN = 10  # characters of the cause for which oversight opens content

# --- The desk ---------------------------------------------------------------------------------------------------------
DESK_DOC_BYTES_MAX = 64 * 1024  # bytes of one report, request, step or case document: people read them at night
DESK_TEXT_CHARS_MAX = 200  # characters of one field
DESK_SHORT_CHARS_MAX = 500  # characters of free text: what is not a field is said on the phone
DESK_FIELDS_MAX = 60  # fields of one form
DESK_PAYMENTS_MAX = 100  # payments of one report, or next hops of one answer
DESK_ACCOUNTS_MAX = 100  # handles, slips or texts of one report
DESK_AFTER_MAX = 50  # documents that one comes after
CASE_DOCS_MAX = 2_000  # documents of one node in one case that its state is made of; later ones count no more
CASE_MEMBERS_MAX = 50  # nodes in one case
CASE_PAST_MAX = 500  # documents of nodes that left that an invitation names
CASES_SHOWN_MAX = 100  # rows of a page of cases
OPEN_THINGS_MAX = 2_000  # rows of the page Hand-over: one desk's night
DESK_STEPS_MAX = 1_000  # documents of one side of a thread that its state is made of; later ones count no more
DESK_STEPS_KEPT = (
    50  # of them, steps of one side that are the node's own to say: that a bank answered, that a hold ended
)
DESK_OUTSIDERS_MAX = 20  # documents of nodes that are no side of a thread, shown with it
DESK_REFUSED_TRIES_MAX = 3  # requests about the same that are sent to a node which refused each; then people call
DESK_SAY_TRIES_MAX = 20  # tries to say something in a thread that moves meanwhile
REQUESTS_SHOWN_MAX = 200  # requests of one answer
REQUESTS_FOUND_MAX = 1_000  # messages of a search that are looked at for requests
CLAIMS_MAX = 500  # requests about one account that are put together
DESK_REVIEW_S = 12 * 3_600  # seconds in which a corrected order is reviewed, where the place says nothing else
AGREEMENTS_MAX = 500  # agreements of one answer
EXPIRED_AT_ONCE = 100  # holds that one transaction says are over

# Packs of the desk, and what stands in a form
PACK_LABEL_CHARS_MAX = 120  # characters of a label: one line of a phone, twice
PACK_SENTENCE_CHARS_MAX = 300  # characters of a sentence or a source
LEVEL_S_MAX = 366 * 86_400  # seconds until a step is due at the latest: a year
FIELD_TEXT_CHARS_MAX = 500  # characters of free text in one field
FIELD_NAME_CHARS_MAX = 140  # characters of a name or bank; ISO 20022 Max140Text
FIELD_ACCOUNT_CHARS_MAX = 128  # characters of an account, proxy or wallet; the longest wallet address is 106
FIELD_MINOR_MAX = 10**15  # minor units of one amount: ten million million dollars, which SQLite and JSON keep exactly
FIELD_NUMBER_MAX = 10**9  # of a field that counts
CLOCK_LENGTH_MAX = 1_000  # hours or days that a power lasts, and that one extension adds
EXTENSIONS_MAX = 100  # of one power
PLACE_ROWS_MAX = 400  # rows of one kind of one country

# --- Money ------------------------------------------------------------------------------------------------------------
PAYMENT_MINOR_MAX = 10**15  # minor units of one payment: ten million million dollars; more is a broken file
BALANCE_MINOR_MAX = 2**53 - 1  # minor units that one account may come to: what a float and JSON keep exactly
LEDGER_ACCOUNT_CHARS_MAX = 128  # characters of an account's key; the longest wallet address is 106
LEDGER_REFERENCE_CHARS_MAX = 140  # characters of a payment's reference; ISO 20022 allows 35, chains 100
LEDGER_ROWS_MAX = 20_000_000  # payments of one message: a day of a large bank
LEDGER_US_MIN = -2_208_988_800_000_000  # microseconds since 1970 UTC: the start of 1900; earlier is no payment
LEDGER_US_MAX = 7_258_118_400_000_000  # the start of 2200; later is a broken file
LEDGER_DAYS_MAX = 1_000  # files of one message: of more days, those of a month stand together, then of a year
LEDGER_GROUP_ROWS = 2_000_000  # payments read at once while a table is opened: bounds what is held beside it
LEDGER_FILES_AT_ONCE = 2_000  # files read at once
LEDGER_EARLY_BYTES_MIN = 1_000_000  # of rows that the ledger writes while their message is signed; few are quick anyway
LEDGER_LOOK_S_MAX = 60  # seconds between two looks at what is missing in the ledger, when nothing happens
LEDGER_SHOWN_MAX = 10_000  # accounts or payments of one answer
TRACER_MEMORY_BYTES_MAX = 24 * 1024**3  # address space of the tracing worker beyond its start: TRACE_ROWS_MAX twice
TRACER_CPU_S_MAX = 3_600  # seconds of processor time for one trace, all threads together
TRACER_WALL_S_MAX = 1_800  # seconds on the clock for one trace, opening included
TRACER_START_S_MAX = 120  # seconds on the clock until the tracing worker is loaded and confined
TRACER_OUTPUT_BYTES_MAX = 256 * 1024 * 1024  # bytes of one answer of the tracing worker
LEDGER_ENTITIES_MAX = 20_000  # distinct accounts of one message that become entities; all of them are in the ledger
LEDGER_REJECTED_MAX = 100_000  # rows of one message that cannot be used; beyond, the file is not what it is read as
MT940_LINE_CHARS_MAX = 4_000  # characters of one line of an MT940 with all that is said about it; the standard has 460
GOAML_SCHEMA_BYTES_MAX = 8 * 1024 * 1024  # bytes of all files of the schema that an operator gives; UNODC's has 0.2 MB
GOAML_SCHEMA_FILES_MAX = 64  # files of it
GOAML_VALIDATED_BYTES_MAX = 32 * 1024 * 1024  # bytes of a report that is held against it
GOAML_TAGS_MAX = 500_000  # tags of the same, beginnings and ends: 440 MB where each is a whole element and a violation
GOAML_CHILDREN_MAX = 10_000  # elements in one of the same: the path of a violation counts them, so time is their square
GOAML_LISTED_BYTES_MAX = 500_000_000  # texts times the longest list, which each violation repeats; UNODC's: 1.8 kB
GOAML_VIOLATIONS_MAX = 500  # violations of the schema that are named for one report
XLSX_BYTES_MAX = 256 * 1024 * 1024  # bytes that a workbook unpacks to
XLSX_FILES_MAX = 1_000  # parts of one workbook
RECOVERY_MINUTES_MAX = 365 * 24 * 60  # of a half-life
TRACE_ASK_BEFORE_S = 3_600  # seconds before a payment from which its bank is asked: clocks of banks differ
TRACE_ASK_UNDATED_S = 3 * 86_400  # seconds before a request, where nobody knows when was paid
TRACE_SEEDS_MAX = 10_000  # of one trace
TRACE_DEPTH_MAX = 1_000  # payments from a seed that a trace may be told to follow
TRACE_LINES_MAX = 100_000  # flows of one answer
TRACE_ROWS_MAX = 200_000_000  # payments that one trace looks at: 12 GB of memory

# Hand-off of traces
HANDOFF_SEGMENTS_MAX = 1_000  # parts of one payment that is handed on: a document stays below DESK_DOC_BYTES_MAX
HANDOFF_DEPTH_MAX = 2**31 - 1  # payments from a seed that a part may say it is away, in a trace without a limit
HANDOFF_REVISIONS_MAX = 10_000  # revisions of one payment; a law pack allows far fewer
HANDOFF_HOPS_MAX = 100  # borders from the opener; a law pack allows far fewer
HANDOFF_ASSETS_MAX = 100  # currencies of one answer, and countries of each
HANDOFF_PAYMENTS_MAX = 1_000  # payments of one trace that one node hands another
HANDOFF_TEXT_CHARS_MAX = 160  # characters of a payment's reference with its scheme, or of an account
TRACE_SEEDS_KEPT_MAX = 100  # seeds of one kept trace: one document
TRACE_DOCS_MAX = 20_000  # documents of one node about one trace that its state is made of; later ones count no more
TRACES_SHOWN_MAX = 100  # rows of a page of kept traces

# Exercises
EXERCISE_SCALE_MAX = 1_000  # times the smallest world: some 400,000 payments in four countries
EXERCISE_EVENTS_MAX = 1_000_000  # things that were done in one exercise, as its record lists them
