*** Settings ***
Documentation    A descriptor whose attachment nobody has (yet).

Resource         ../../resources/sync.resource

Test Tags        attachment    L-4.3    priority:medium


*** Test Cases ***
A missing attachment holds its entry back until it arrives
    [Documentation]    The entry waits, the gap is reported, and what was missing completes it.
    Given Alice and Bob are syncing
     When Bob goes offline
      And Alice writes an entry with an attachment of 100 KB
      And Alice's attachment is lost on the relay
      And Bob comes online
     Then Bob should report Alice's attachment as missing
      And Bob should hold back Alice's entry
     When the relay has Alice's attachment whole again after 10 seconds
     Then Bob should show Alice's entry within 20 seconds
      And nothing should be lost

A device is killed while an attachment is missing
    [Documentation]    What it waits for outlasts it, also where not a byte of it has come.
    Given Alice and Bob are syncing
     When Bob goes offline
      And Alice writes an entry with an attachment of 100 KB
      And Alice's attachment is lost on the relay
      And Bob comes online
     Then Bob should report Alice's attachment as missing
     When Bob is killed
      And Bob starts again after 2 seconds
      And the relay has Alice's attachment whole again after 10 seconds
     Then Bob should show Alice's entry within 20 seconds
