*** Settings ***
Documentation    Linux to Linux, with names that other platforms take for one.

Resource         ../../resources/sync.resource

Test Tags        platform    X-PLAT-01    priority:high


*** Test Cases ***
Two Linux devices
    [Documentation]    The plan's first pair of platforms: everything goes both ways, and both say where they are.
    Given Alice runs on Linux
      And Bob runs on Linux
      And Alice and Bob are syncing
     When Alice sends 20 messages
      And Bob sends 20 messages
     Then Bob should receive everything within 20 seconds
      And Alice should receive everything within 20 seconds
      And Alice should run on Linux
      And Bob should run on Linux

Names that another platform takes for one
    [Documentation]    They differ in case alone, or in how a letter with its accent is written: on Linux, three names.
    Given Alice and Bob are syncing
     When Alice writes "milk" into entry "caf\u00e9"
      And Alice writes "eggs" into entry "cafe\u0301"
      And Alice writes "bread" into entry "Caf\u00e9"
     Then Alice and Bob should show "milk" in entry "caf\u00e9" within 20 seconds
      And Alice and Bob should show "eggs" in entry "cafe\u0301" within 20 seconds
      And Alice and Bob should show "bread" in entry "Caf\u00e9" within 20 seconds
