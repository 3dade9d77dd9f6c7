*** Settings ***
Documentation    Requests that cannot be read: refused with 400, a message that names the field, and no effect.

Resource         ../../resources/agent.resource
Resource         ../../resources/agent_http.resource
Resource         ../../resources/agent_state.resource

Test Setup       The agents under test
Test Teardown    Stop Agents

Test Tags        agent


*** Test Cases ***
Malformed JSON is refused
    [Documentation]    Half a request is no request.
    [Tags]    priority:high
    When Send raw    POST    /ops    {"op_id": "half
    Then The reply should be the error    400    invalid

An operation that lacks a field is refused by its name
    [Documentation]    Whatever is missing.
    [Tags]    priority:high
    [Template]    An operation without ${field} should be refused
    op_id
    group
    kind
    body

A field of the wrong type is refused by its name
    [Documentation]    A number is no text.
    [Tags]    priority:medium
    Given The agent is connected and in a group
     When The agent is given an operation whose field is    body    ${42}
     Then The reply should be the error    400    invalid
      And The message should name    body

A body that does not carry the op_id is refused
    [Documentation]    It could not be recognised where it arrives.
    [Tags]    priority:medium
    Given The agent is connected and in a group
     When The agent is given an operation whose field is    body    {"text": "who am I?"}
     Then The reply should be the error    400    invalid
      And The message should name    body

A body that is no JSON is refused
    [Documentation]    The body is a JSON text.
    [Tags]    priority:low
    Given The agent is connected and in a group
     When The agent is given an operation whose field is    body    hello
     Then The reply should be the error    400    invalid
      And The message should name    body

A group without members is refused
    [Documentation]    The field has a name.
    [Tags]    priority:low
    When The agent is put into a group without members
    Then The reply should be the error    400    invalid
     And The message should name    members

A page that is no number is refused
    [Documentation]    Also in the query.
    [Tags]    priority:low
    When Ask    /deliveries?after=soon
    Then The reply should be the error    400    invalid
     And The message should name    after


*** Keywords ***
The agent is put into a group without members
    [Documentation]    The field is not there at all.
    ${group}    Recall    group
    VAR    &{nothing}    &{EMPTY}
    Send to    first    PUT    /groups/${group}    ${nothing}

An operation without ${field} should be refused
    [Documentation]    400, and the message says which.
    The agent is given an operation without its    ${field}
    The reply should be the error    400    invalid
    The message should name    ${field}
