*** Settings ***
Documentation    Attachments: whole and verified, or not there.

Resource         ../../resources/agent.resource
Resource         ../../resources/agent_http.resource
Resource         ../../resources/agent_state.resource

Test Setup       The agents under test
Test Teardown    Stop Agents

Test Tags        agent


*** Test Cases ***
An attachment is kept as it is
    [Documentation]    201 the first time, 200 when it is there already.
    [Tags]    priority:high
    Given The agent can keep blobs
      And A new attachment
     When The agent is given the attachment
     Then The reply should have status    201
      And The attachment should be whole at the    first
     When The agent is given the attachment
     Then The reply should have status    200

Other bytes than the digest names are refused
    [Documentation]    And nothing of them is kept.
    [Tags]    priority:high
    Given The agent can keep blobs
      And A new attachment
     When The agent is given other bytes for the attachment
     Then The reply should be the error    400    digest_mismatch
     When The attachment is asked for
     Then The reply should be the error    404    unknown

An operation needs its attachment first
    [Documentation]    Else it would promise what is not there.
    [Tags]    priority:medium
    Given The agent can keep blobs
      And The agent is connected and in a group
      And A new attachment
     When The agent is given an operation with the attachment
     Then The reply should be the error    404    blob_unknown
      And The message should name the attachment

An attachment arrives with its operation
    [Documentation]    The other agent ends up with every byte.
    [Tags]    priority:high
    Given The agent can keep blobs
      And The agents are connected and in a group
      And A new attachment
     When The agent is given the attachment
      And The agent is given an operation with the attachment
     Then The reply should have status    202
      And The other agent should deliver the operation
      And The attachment should become whole at the    second

An attachment without a byte arrives with its operation
    [Documentation]    Empty is not missing.
    [Tags]    priority:medium
    Given The agent can keep blobs
      And The agents are connected and in a group
      And A new attachment without a byte
     When The agent is given the attachment
      And The agent is given an operation with the attachment
     Then The reply should have status    202
      And The other agent should deliver the operation
      And The attachment should become whole at the    second

A name is handed on as it is
    [Documentation]    With spaces, in any alphabet, and with what would be a way out of a folder.
    [Tags]    priority:medium
    Given The agent can keep blobs
      And The agents are connected and in a group
      And A new attachment
     When The agent is given the attachment
      And The agent is given an operation with the attachment    ../../two words ☂ 日本.jpg
     Then The other agent should deliver the operation
      And The other agent should name the attachment    ../../two words ☂ 日本.jpg
      And The attachment should become whole at the    second

A digest is 64 hex digits
    [Documentation]    Nothing else is a name of an attachment.
    [Tags]    priority:low
    Given The agent can keep blobs
     When Ask    /blobs/photo.jpg
     Then The reply should be the error    400    invalid
      And The message should name    digest
