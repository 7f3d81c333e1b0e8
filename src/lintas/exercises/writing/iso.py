# SPDX-License-Identifier: Apache-2.0
"""pacs.008 and camt.053 as a bank's system writes them.

Source: ISO 20022, pacs.008.001.08 FIToFICustomerCreditTransfer and camt.053.001.08 BankToCustomerStatement.
"""

from html import escape

from lintas.exercises.papers import STAMP, rfc3339
from lintas.exercises.world import Account, World
from lintas.exercises.writing.booked import BankBooks, Booking, plain
from lintas.model.money import Channel, PaymentKind

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def pacs008(books: BankBooks, bic: str, until: int) -> bytes:
    """What a bank sent to others, and within itself, before a time; cash is no transfer."""
    lines = sorted(
        (line.at, line.move.id, line)
        for account in books.accounts_at(bic)
        for line in books.of(account, until)
        if line.is_debit and line.other in books.world.accounts
    )
    made = rfc3339(until)
    parts = "".join(_transfer(books.world, line) for _, _, line in lines)
    group = (
        f"<GrpHdr><MsgId>EX{bic}{until}</MsgId><CreDtTm>{made}</CreDtTm><NbOfTxs>{len(lines)}</NbOfTxs>"
        "<SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr>"
    )
    return (
        f'{_HEAD}<!-- {STAMP} -->\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08">'
        f"<FIToFICstmrCdtTrf>{group}\n{parts}</FIToFICstmrCdtTrf></Document>\n"
    ).encode()


def camt053(books: BankBooks, bic: str, until: int, *, account: str = "") -> bytes:
    """Statements of a bank's accounts, or of one: opening balance, bookings before a time, closing balance.

    Args:
        account: Key of the one; empty for all.
    """
    made = rfc3339(until)
    told = [one for one in books.accounts_at(bic) if account in ("", one.key)]
    statements = "".join(_statement(books, one, until, number) for number, one in enumerate(told, 1))
    return (
        f'{_HEAD}<!-- {STAMP} -->\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
        f"<BkToCstmrStmt><GrpHdr><MsgId>EX{bic}{until}</MsgId><CreDtTm>{made}</CreDtTm></GrpHdr>\n"
        f"{statements}</BkToCstmrStmt></Document>\n"
    ).encode()


def _transfer(world: World, line: Booking) -> str:
    move = line.move
    channel = "INST" if move.channel is Channel.INSTANT else "TRAD"
    told, reached = "", plain(move.credit_minor, move.credit_currency)
    if move.currency != move.credit_currency:
        told = f'<InstdAmt Ccy="{move.currency}">{plain(move.minor, move.currency)}</InstdAmt>'
    skew = world.skew_s.get(move.payer.partition(":")[0], 0)
    return (
        f"<CdtTrfTxInf><PmtId><EndToEndId>{move.end_to_end}</EndToEndId><UETR>{move.id}</UETR></PmtId>"
        f"<PmtTpInf><LclInstrm><Prtry>{channel}</Prtry></LclInstrm></PmtTpInf>"
        f'<IntrBkSttlmAmt Ccy="{move.credit_currency}">{reached}</IntrBkSttlmAmt>'
        f"<IntrBkSttlmDt>{rfc3339(line.at)[:10]}</IntrBkSttlmDt>"
        f"<SttlmTmIndctn><DbtDtTm>{rfc3339(line.at)}</DbtDtTm><CdtDtTm>{rfc3339(move.credit_at + skew)}</CdtDtTm>"
        f"</SttlmTmIndctn>{told}<ChrgBr>SLEV</ChrgBr>"
        f"{_party(world, move.payer, 'Dbtr', agent_first=False)}{_party(world, move.payee, 'Cdtr', agent_first=True)}"
        f"<RmtInf><Ustrd>{escape(move.note, quote=False)} EXERCISE</Ustrd></RmtInf></CdtTrfTxInf>\n"
    )


def _party(world: World, key: str, who: str, *, agent_first: bool) -> str:
    account = world.accounts[key]
    name = escape(world.holders[account.holder].name, quote=False)
    agent = f"<{who}Agt><FinInstnId><BICFI>{account.bic}</BICFI></FinInstnId></{who}Agt>"
    person = f"<{who}><Nm>{name}</Nm></{who}>"
    number = f"<{who}Acct><Id><Othr><Id>{account.number}</Id></Othr></Id></{who}Acct>"
    return f"{agent}{person}{number}" if agent_first else f"{person}{number}{agent}"


def _statement(books: BankBooks, account: Account, until: int, number: int) -> str:
    lines = books.of(account, until)
    currency, closing = account.currency, account.opening
    entries = []
    for line in lines:
        closing += -line.minor if line.is_debit else line.minor
        entries.append(_entry(books.world, account, line))
    start, end = rfc3339(books.world.starts_at + books.world.skew_s.get(account.bic, 0)), rfc3339(until)
    return (
        f"<Stmt><Id>EX{account.bic}{number}</Id><CreDtTm>{end}</CreDtTm>"
        f"<FrToDt><FrDtTm>{start}</FrDtTm><ToDtTm>{end}</ToDtTm></FrToDt>"
        f"<Acct><Id><Othr><Id>{account.number}</Id></Othr></Id><Ccy>{currency}</Ccy>"
        f"<Svcr><FinInstnId><BICFI>{account.bic}</BICFI></FinInstnId></Svcr></Acct>"
        f"{_balance('OPBD', account.opening, currency, start)}{_balance('CLBD', closing, currency, end)}\n"
        f"{''.join(entries)}</Stmt>\n"
    )


def _balance(code: str, minor: int, currency: str, at: str) -> str:
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{plain(minor, currency)}</Amt>'
        f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><DtTm>{at}</DtTm></Dt></Bal>"
    )


def _entry(world: World, account: Account, line: Booking) -> str:
    move, sign = line.move, "DBIT" if line.is_debit else "CRDT"
    amount = plain(line.minor, line.currency)
    domain = ("PMNT", "CCRD", "CWDL") if move.kind is PaymentKind.CASH_OUT else ("PMNT", "ICDT", "DMCT")
    if not line.is_debit:
        domain = ("PMNT", "RCDT", "DMCT")
    code = (
        f"<BkTxCd><Domn><Cd>{domain[0]}</Cd><Fmly><Cd>{domain[1]}</Cd><SubFmlyCd>{domain[2]}</SubFmlyCd></Fmly></Domn>"
        "</BkTxCd>"
    )
    amounts = ""
    if move.currency != move.credit_currency and line.is_debit:
        reached = f'<Amt Ccy="{move.credit_currency}">{plain(move.credit_minor, move.credit_currency)}</Amt>'
        amounts = f"<AmtDtls><CntrValAmt>{reached}</CntrValAmt></AmtDtls>"
    return (
        f'<Ntry><Amt Ccy="{line.currency}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><DtTm>{rfc3339(line.at)}</DtTm></BookgDt><ValDt><DtTm>{rfc3339(line.at)}</DtTm></ValDt>{code}"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>{move.end_to_end}</EndToEndId><UETR>{move.id}</UETR></Refs>"
        f'<Amt Ccy="{line.currency}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{amounts}'
        f"{_parties(world, account, line)}<RmtInf><Ustrd>{escape(move.note, quote=False)} EXERCISE</Ustrd></RmtInf>"
        "</TxDtls></NtryDtls></Ntry>\n"
    )


def _parties(world: World, account: Account, line: Booking) -> str:
    """Who is on the other side; the statement's own account needs no naming again."""
    other = world.accounts.get(line.other)
    who = "Cdtr" if line.is_debit else "Dbtr"
    if other is None:
        wallet = f"<{who}Acct><Id><Othr><Id>{line.other}</Id></Othr></Id></{who}Acct>" if line.other else ""
        return f"<RltdPties>{wallet}</RltdPties>" if wallet else ""
    name = escape(world.holders[other.holder].name, quote=False)
    return (
        f"<RltdPties><{who}><Pty><Nm>{name}</Nm></Pty></{who}>"
        f"<{who}Acct><Id><Othr><Id>{other.number}</Id></Othr></Id></{who}Acct></RltdPties>"
        f"<RltdAgts><{who}Agt><FinInstnId><BICFI>{other.bic}</BICFI></FinInstnId></{who}Agt></RltdAgts>"
    )
