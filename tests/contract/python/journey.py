"""The journey of an integrator with the client that a generator made of the API document, unchanged: sign in, forecast, meet a
paused control, start, wait, find nothing left."""

import os
import time

from tenantatlas_client import AuthenticatedClient, Client
from tenantatlas_client.api.auth import issue_token
from tenantatlas_client.api.controls import pause_control, resume_control
from tenantatlas_client.api.runbooks import preflight_runbook
from tenantatlas_client.api.runs import get_run, start_run
from tenantatlas_client.api.tenancy import list_tenants
from tenantatlas_client.models import (
    OperationalControlPausedProblem,
    Outcome,
    PauseBody,
    PreflightBody,
    Reason,
    ReasonCode,
    ResumeBody,
    ScopeType,
    ScopeType0,
    ScopeType0Mode,
    ScopeType1,
    ScopeType1Mode,
    SignInBody,
    StartRunBody,
    Status,
)

RUNBOOK = "findings.lifecycle.backfill"
url = os.environ["PRODUCT_URL"]

credentials = SignInBody(email=os.environ["OPERATOR_EMAIL"], password=os.environ["PASSWORD"])
token = issue_token.sync(client=Client(base_url=url, raise_on_unexpected_status=True), body=credentials).access_token
client = AuthenticatedClient(base_url=url, token=token, raise_on_unexpected_status=True)



def preflight(scope):
    return preflight_runbook.sync(RUNBOOK, client=client, body=PreflightBody(scope=scope))


def start():
    reason = Reason(code=ReasonCode.DATA_REPAIR, text="Rows of old versions")
    body = StartRunBody(preflight_id=forecast.id, scope=scope, reason=reason)
    return start_run.sync_detailed(RUNBOOK, client=client, body=body, idempotency_key="python-journey")


everywhere = preflight(ScopeType0(mode=ScopeType0Mode.ALL_TENANTS))
assert list_tenants.sync(client=client).items, "tenants"
scope = ScopeType1(mode=ScopeType1Mode.SINGLE_TENANT, tenant_id=everywhere.by_tenant[0].tenant_id)
forecast = preflight(scope)
assert forecast.affected_count > 0, "the demo has something to repair"

pause = PauseBody(scope_type=ScopeType.GLOBAL, reason_text="The Python client pauses it")
assert pause_control.sync_detailed(RUNBOOK, client=client, body=pause).status_code == 201
refusal = start().parsed
assert isinstance(refusal, OperationalControlPausedProblem), refusal
assert refusal.reason_text == "The Python client pauses it"
assert resume_control.sync(RUNBOOK, client=client, body=ResumeBody(scope_type=ScopeType.GLOBAL)).changed

run, again = start(), start()
assert (run.status_code, again.status_code) == (201, 201), (run, again)
assert again.parsed.id == run.parsed.id, "the same key is the same run"

ends = time.monotonic() + 120
while (ended := get_run.sync(run.parsed.id, client=client)).status != Status.COMPLETED:
    assert time.monotonic() < ends, "the run does not end"
    time.sleep(0.2)
assert ended.outcome == Outcome.SUCCEEDED and ended.summary_counts.updated == forecast.affected_count, ended
assert preflight(scope).affected_count == 0, "nothing is left"
print(f"python client: the journey is done, run {run.parsed.id}")
